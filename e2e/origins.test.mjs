// A page of another origin tries everything that a browser allows against gateways on this machine, and achieves nothing.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { io } from 'socket.io-client';
import { test } from './support/bounded.mjs';
import { openPage, startBrowser } from './support/browser.mjs';
import { startServer } from './support/server.mjs';
import { SECRET, token } from './support/tokens.mjs';

const EVIL = 'evil.attacker.example';
const REBOUND = 'rebound.attacker.example';
const ATTACK_TIMEOUT = 60_000;

/** Disables the browser's own protection: the attacker's names resolve to this machine, and requests to it need no permission. */
const DEFENCELESS = [
  '--host-resolver-rules=MAP *.attacker.example 127.0.0.1',
  '--disable-features=LocalNetworkAccessChecks,PrivateNetworkAccessSendPreflights,BlockInsecurePrivateNetworkRequests',
  '--allow-file-access-from-files',
  '--disable-popup-blocking',
];

const attack = await readFile(fileURLToPath(new URL('support/attack.js', import.meta.url)), 'utf8');

let browser;
let evil;
/** A server in --dev mode, and a server with only the required settings. */
let development;
let production;

before(async () => {
  browser = await startBrowser(DEFENCELESS);
  evil = await startEvilServer();
  [development, production] = await Promise.all([startServer(), startServer({ args: [], env: { JWT_SECRET: SECRET } })]);
});
after(async () => {
  await browser?.close();
  evil?.close();
  await Promise.all([development?.stop(), production?.stop()]);
});
afterEach(() => Promise.all((browser?.contexts() ?? []).map((context) => context.close())));

/** Serves the pages of the attacker, and receives their reports. */
async function startEvilServer() {
  const pages = new Map();
  let heard = () => {};
  const listener = createServer(async (request, response) => {
    const url = new URL(request.url, `http://${EVIL}`);
    if (url.pathname === '/report') {
      const parts = [];
      for await (const part of request) parts.push(part);
      response.end();
      heard(JSON.parse(Buffer.concat(parts).toString()));
    } else if (url.pathname === '/redirect') {
      response.writeHead(307, { Location: url.searchParams.get('to'), 'Access-Control-Allow-Origin': '*' }).end();
    } else {
      const page = pages.get(url.pathname);
      response.writeHead(page ? 200 : 404, { 'Content-Type': 'text/html', ...page?.headers }).end(page?.html);
    }
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const url = `http://${EVIL}:${listener.address().port}`;
  return {
    url,
    serve: (path, html, headers = {}) => pages.set(path, { html, headers }),
    /** Waits until an attack is over, and returns what it achieved. */
    outcome: (context) =>
      new Promise((resolve, reject) => {
        let begun = false;
        const timer = setTimeout(
          () => reject(new Error(`the attack from ${context} ${begun ? 'did not end' : 'never began'}`)),
          ATTACK_TIMEOUT,
        );
        heard = (report) => {
          if (report.context !== context) return;
          begun = true;
          if (report.state === 'done') {
            clearTimeout(timer);
            resolve(report.wins);
          }
        };
      }),
    close: () => {
      listener.close();
      listener.closeAllConnections();
    },
  };
}

/** The script of an attack from a context. */
function script(context, server) {
  const port = new URL(server.internalUrl).port;
  const hosts = ['127.0.0.1', 'localhost', '127.1', '2130706433', '0x7f.0.0.1', '0.0.0.0', 'localhost.', REBOUND];
  // A plain page tries all names; the other contexts try only the two that matter.
  const services = (context === 'a page' ? hosts : ['127.0.0.1', REBOUND]).map((host) => `http://${host}:${port}`);
  const users = [server.userUrl, `http://${REBOUND}:${new URL(server.userUrl).port}`];
  return `const PLAN = ${JSON.stringify({ context, report: `${evil.url}/report`, services, users })};\n${attack}`;
}

const escaped = (html) => html.replace(/&/g, '&amp;').replace(/"/g, '&quot;');
const page = (text) => `<!doctype html><meta charset=utf-8><body><script>${text}</script>`;
const sandbox = 'sandbox="allow-scripts allow-forms allow-popups"';
const inner = (context, server) => page(script(context, server));
const quoted = (text) => JSON.stringify(text).replace(/</g, '\\u003c');

/** The contexts that an attack can come from, each with the page that starts it. */
const CONTEXTS = {
  'a page': (context, server) => inner(context, server),
  'a sandboxed frame with srcdoc': (context, server) => `<iframe ${sandbox} srcdoc="${escaped(inner(context, server))}"></iframe>`,
  'a sandboxed frame with src': (context, server) => {
    evil.serve('/inner', inner(context, server));
    return `<iframe ${sandbox} src="/inner"></iframe>`;
  },
  'a data: frame': (context, server) =>
    `<iframe src="data:text/html;base64,${Buffer.from(inner(context, server)).toString('base64')}"></iframe>`,
  'a blob: frame': (context, server) =>
    page(`const f = document.createElement('iframe');
      f.src = URL.createObjectURL(new Blob([${quoted(inner(context, server))}], { type: 'text/html' }));
      document.body.append(f);`),
  'a sandboxed blob: frame': (context, server) =>
    page(`const f = document.createElement('iframe');
      f.sandbox = 'allow-scripts allow-forms';
      f.src = URL.createObjectURL(new Blob([${quoted(inner(context, server))}], { type: 'text/html' }));
      document.body.append(f);`),
  'an about:blank popup': (context, server) =>
    page(`const w = window.open('about:blank'); w.document.write(${quoted(inner(context, server))}); w.document.close();`),
  'a popup of a sandboxed frame': (context, server) => {
    evil.serve('/inner', inner(context, server));
    return `<iframe ${sandbox} srcdoc="${escaped(page("window.open('/inner')"))}"></iframe>`;
  },
  'a page with the policy sandbox': (context, server) => ({ html: inner(context, server), headers: { 'Content-Security-Policy': 'sandbox allow-scripts allow-forms' } }),
  'a page without referrer': (context, server) => ({ html: inner(context, server), headers: { 'Referrer-Policy': 'no-referrer' } }),
  'a data: worker': (context, server) =>
    page(`new Worker('data:text/javascript;base64,${Buffer.from(script(context, server)).toString('base64')}');`),
  'a blob: worker': (context, server) => page(`new Worker(URL.createObjectURL(new Blob([${quoted(script(context, server))}])));`),
};

/** A connected user that every attack writes to, and the messages that the user got. */
async function victim(server) {
  const demo = server === production ? { token: token('victim') } : await (await fetch(`${server.userUrl}/demo/token?user=victim`)).json();
  const socket = io(server.userUrl, { auth: { token: demo.token }, forceNew: true });
  const messages = [];
  socket.on('message', ({ message }) => messages.push(message));
  await once(socket, 'connected');
  return { socket, messages };
}

/** The number of sessions on the internal port. Sessions of a closed page stay open until their heartbeat times out. */
async function internalSessions(server) {
  const metrics = await (await fetch(`${server.internalUrl}/metrics`)).text();
  return Number(/^scarfall_connections\{port="internal"\} (\S+)$/m.exec(metrics)[1]);
}

/** Runs an attack, and checks its effects in the page, on the server, and for its victim. */
async function assertHarmless(context, server, open) {
  const before = await internalSessions(server);
  const { socket, messages } = await victim(server);
  try {
    const outcome = evil.outcome(context);
    await open();
    assert.deepEqual(await outcome, [], 'the page achieved something');
    assert.equal((await internalSessions(server)) - before, 0, 'the page opened sessions');
    const { status } = await socket.emitWithAck('send_message', { recipientIds: ['victim'], message: 'from the user' });
    assert.equal(status, 'sent');
    // Messages keep their order, so a message of the attack would arrive first.
    await until(() => messages.length > 0);
    assert.deepEqual(messages, ['from the user']);
  } finally {
    socket.close();
  }
}

async function until(condition) {
  for (let i = 0; i < 1_200 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
}

const servers = { '--dev': () => development, production: () => production };

for (const [mode, server] of Object.entries(servers)) {
  for (const [context, build] of Object.entries(CONTEXTS)) {
    test(`${mode}: ${context} of another origin does nothing to the internal gateway`, async () => {
      const built = build(context, server());
      evil.serve('/', built.html ?? built, built.headers);
      await assertHarmless(context, server(), () => openPage(browser, `${evil.url}/`));
    });
  }

  for (const context of ['a rebound page', 'a sandboxed frame of a rebound page']) {
    test(`${mode}: ${context} does nothing to the internal gateway`, async () => {
      const own = `http://${REBOUND}:${new URL(server().internalUrl).port}/attack`;
      const html = inner(context, server());
      const body = context === 'a rebound page' ? html : `<iframe ${sandbox} srcdoc="${escaped(html)}"></iframe>`;
      // The name resolved to the attacker's server when the page was loaded, and resolves to this machine from then on.
      await assertHarmless(context, server(), () =>
        openPage(browser, own, (opened) => opened.route(own, (route) => route.fulfill({ contentType: 'text/html', body }))),
      );
    });
  }
}

test('a page that was opened from a file does nothing to the internal gateway unless a setting allows it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scarfall-e2e-'));
  const file = join(folder, 'page.html');
  const context = 'a file';
  let allowing;
  try {
    await writeFile(file, inner(context, development));
    await assertHarmless(context, development, () => openPage(browser, pathToFileURL(file).href));

    allowing = await startServer({ env: { INTERNAL_NULL_ORIGIN: 'true' } });
    await writeFile(file, inner(context, allowing));
    const outcome = evil.outcome(context);
    await openPage(browser, pathToFileURL(file).href);
    const wins = await outcome;
    assert.ok(wins.some((win) => win.startsWith('a WebSocket to http://127.0.0.1')), wins.join());
    assert.ok(!wins.some((win) => win.includes(REBOUND)), wins.join());
  } finally {
    await allowing?.stop();
    await rm(folder, { recursive: true });
  }
});

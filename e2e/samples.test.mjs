// Runs the samples of README and docs that are not Java, as printed.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { io } from 'socket.io-client';
import { test } from './support/bounded.mjs';
import { freePorts, runJar, startServer } from './support/server.mjs';
import { SECRET, token } from './support/tokens.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const page = (name) => readFile(join(ROOT, name), 'utf8');
const AsyncFunction = (async () => {}).constructor;

/** The indented lines of a page that start with this text, without their comments. */
const lines = (text, start) =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`    ${start}`))
    .map((line) => line.trim().replace(/ {2,}# .*/, ''));

test('the client in the README sends and receives messages', async (t) => {
  const samples = [...(await page('README.md')).matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);
  assert.equal(samples.length, 1, 'a new sample needs a test');
  const server = await startServer({ args: [], env: { JWT_SECRET: SECRET } });
  t.after(() => server.stop());
  const bob = io(server.userUrl, { auth: { token: token('bob') }, forceNew: true });
  t.after(() => bob.close());
  await new Promise((resolve) => bob.once('connected', resolve));
  const heard = new Promise((resolve) => bob.once('message', resolve));

  const printed = [];
  const log = { log: (...values) => printed.push(values) };
  const code = samples[0].replace('http://localhost:3000', server.userUrl);
  const run = new AsyncFunction('io', 'token', 'console', `${code}; return { socket, status, recipients };`);
  const { socket, status, recipients } = await run(io, token('alice'), log);
  t.after(() => socket.close());
  assert.equal(status, 'sent');
  assert.deepEqual(recipients, { total: 2, sent: ['bob'], failed: ['carol'] });
  assert.equal((await heard).message, 'Hello');

  const answered = new Promise((resolve) => socket.once('message', resolve));
  await bob.emitWithAck('send_message', { recipientIds: ['alice'], message: 'Hi', metadata: { a: 1 } });
  await answered;
  assert.deepEqual(printed, [['bob', 'Hi', { a: 1 }]]);
});

test('the commands on the operations page work', async (t) => {
  const commands = lines(await page('docs/operations.md'), 'java -jar scarfall-server.jar').map((line) => line.split(' ').slice(3));
  const [port, internalPort] = await freePorts(2);
  const env = { JWT_SECRET: SECRET, PORT: String(port), INTERNAL_PORT: String(internalPort) };
  const server = await startServer({ args: [], env });
  t.after(() => server.stop());
  const outputs = { '--print-config': /^JWT_SECRET +\(set\)/m, '--help': /SERVICE_KEYS/, health: /^/, token: /^[\w-]+\.[\w-]+\.[\w-]+$/m };
  assert.deepEqual(commands.map(([first]) => first).sort(), Object.keys(outputs).sort());
  for (const args of commands) {
    const { code, out, err } = await runJar(args, env);
    assert.equal(code, 0, `${args}: ${err}`);
    assert.match(out, outputs[args[0]], String(args));
  }
});

test('the commands in the README start the server and the embedded gateway', async (t) => {
  const [embedded, , server, ...more] = lines(await page('README.md'), 'JWT_SECRET=');
  assert.deepEqual(more, [], 'a new sample needs a test');
  const folder = await mkdtemp(join(tmpdir(), 'scarfall-e2e-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const name of ['examples', 'scarfall-server']) await symlink(join(ROOT, name), join(folder, name));
  const ports = await freePorts(4);
  // The first gets its ports as arguments, the second as settings: other processes on this machine may use 3000 and 4000.
  const commands = [`${embedded} ${ports[0]} ${ports[1]}`, `PORT=${ports[2]} INTERNAL_PORT=${ports[3]} ${server}`];
  for (const [i, command] of commands.entries()) {
    // The shell stops its process when that process listens.
    const script = `${command} > out${i} 2>&1 & pid=$!; until grep -q -e ready -e 'users on port' out${i}; do kill -0 $pid || break; sleep 0.2; done; cat out${i}; kill $pid; wait $pid; exit 0`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder, timeout: 60_000 });
    assert.match(stdout, i === 0 ? /users on port/ : /\bready\b/, stdout);
  }
});

test('the sample shop starts as the README says, shows its health, and drains on SIGTERM', async (t) => {
  const shop = lines(await page('README.md'), 'JWT_SECRET=')[1];
  assert.match(shop, /spring-shop\.jar$/);
  const [web, users, services] = await freePorts(3);
  const ports = `SERVER_PORT=${web} SCARFALL_PORT=${users} SCARFALL_INTERNAL_PORT=${services}`;
  const child = spawn('bash', ['-c', `${ports} ${shop.replace(' java ', ' exec java ')}`], { cwd: ROOT });
  t.after(() => child.kill('SIGKILL'));
  let log = '';
  child.stdout.on('data', (data) => (log += data));
  child.stderr.on('data', (data) => (log += data));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve, reject) => {
    child.stdout.on('data', () => log.includes('Started ShopApplication') && resolve());
    child.once('exit', () => reject(new Error(log)));
  });
  const health = await (await fetch(`http://localhost:${web}/actuator/health`)).json();
  assert.equal(health.components.scarfall.status, 'UP');
  const noToken = io(`http://localhost:${users}`, { auth: { token: 'none' }, forceNew: true });
  t.after(() => noToken.close());
  const refused = await new Promise((resolve) => noToken.once('connect_error', resolve));
  assert.equal(refused.data.code, 'invalid_token');
  child.kill('SIGTERM');
  await ended;
  assert.match(log, /draining sessions=/);
});

test('the settings in the samples on the operations page exist', async (t) => {
  const text = await page('docs/operations.md');
  const folder = await mkdtemp(join(tmpdir(), 'scarfall-e2e-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const blocks = text.split(/\n\n/).filter((block) => /^( {4}[A-Z][A-Z_]+=.*\n?)+$/.test(block));
  assert.equal(blocks.length, 2, 'a new sample needs a test');
  for (const block of blocks) {
    const file = join(folder, 'scarfall.env');
    const tls = (name) => fileURLToPath(new URL(`./support/tls/${name}`, import.meta.url));
    const settings = block
      .split('\n')
      .map((line) => line.trim().replace(/ {2,}# .*/, ''))
      .filter((line) => line !== '')
      .map((line) => line.replace('JWT_SECRET=...', `JWT_SECRET=${SECRET}`).replace('orders:...', 'orders:Wv7Kp2Zt9Qx4Ls6N'))
      .map((line) => line.replace('/etc/scarfall/fullchain.pem', tls('cert.pem')).replace('/etc/scarfall/key.pem', tls('key.pem')));
    await writeFile(file, `${settings.join('\n')}\n`);
    const { code, out, err } = await runJar(['--config', file, '--print-config'], { JWT_SECRET: SECRET });
    assert.equal(code, 0, err);
    for (const line of settings) assert.match(out, new RegExp(`^${line.split('=')[0]} `, 'm'));
  }
});

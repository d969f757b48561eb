// Tests the server jar as operators see it: its output, its errors, and how it stops.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { io } from 'socket.io-client';
import { test } from './support/bounded.mjs';
import { startRedis } from './support/redis.mjs';
import { JAR, freePorts, runJar, startServer } from './support/server.mjs';
import { SECRET, token } from './support/tokens.mjs';

const HEALTH_CHECK = fileURLToPath(new URL('../packaging/healthcheck', import.meta.url));

/** A certificate for localhost and 127.0.0.1, valid for a hundred years, for these tests only. */
const tls = (file) => fileURLToPath(new URL(`./support/tls/${file}`, import.meta.url));

test('without a secret the server does not start, and reports what is missing', async () => {
  await assert.rejects(startServer({ args: [] }), /the server ended \(2\).*JWT_SECRET is not set/s);
});

test('one report lists all mistakes of a configuration, and shows no secret', async () => {
  const env = { JWT_SECRET: 'hunter2', WS_PING_TIMEOUT: 'soon', INTERNAL_HOST: '0.0.0.0' };
  await assert.rejects(startServer({ args: [], env }), (error) => {
    assert.match(error.message, /the server ended \(2\)/);
    assert.match(error.message, /JWT_SECRET is 7 bytes \(expected: at least 32\)/);
    assert.match(error.message, /WS_PING_TIMEOUT is soon/);
    assert.match(error.message, /INTERNAL_HOST is 0\.0\.0\.0 without SERVICE_KEYS/);
    assert.doesNotMatch(error.message, /hunter2/);
    return true;
  });
});

test('beyond loopback the internal gateway requires keys', async () => {
  const env = { JWT_SECRET: SECRET, INTERNAL_HOST: '0.0.0.0' };
  await assert.rejects(startServer({ args: [], env }), /the server ended \(2\).*INTERNAL_HOST/s);
});

test('an unknown option causes an error with the usage', async () => {
  await assert.rejects(startServer({ args: ['--devel'] }), /the server ended \(2\).*unknown option.*--dev /s);
});

test('a start on a used port reports the port', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address();
  try {
    await assert.rejects(
      startServer({ env: { PORT: String(port) } }),
      (error) => error.message.includes('the server ended (1)') && error.message.includes(`PORT is ${port}, where`),
    );
  } finally {
    other.close();
  }
});

test('--help lists every setting, --version prints the version', async () => {
  const help = await runJar(['--help']);
  assert.equal(help.code, 0);
  assert.match(help.out, /JWT_SECRET.*SERVICE_KEYS.*LOG_DIR/s);
  const version = await runJar(['--version']);
  assert.equal(version.code, 0);
  assert.match(version.out, /^scarfall \d+\.\d+/);
});

test('file and environment form the configuration, and --print-config shows it', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'scarfall.env');
  await writeFile(join(folder, 'keys'), 'billing:Wv7Kp2Zt9Qx4Ls6N\n');
  await writeFile(file, `# for systemd too\nJWT_SECRET='${SECRET}'\nPORT=0\nINTERNAL_PORT=0\nWS_PATH="/chat"\n`);
  const env = { WS_PATH: '/talk', SERVICE_KEYS_FILE: join(folder, 'keys') };
  const { code, out } = await runJar(['--config', file, '--print-config'], env);
  assert.equal(code, 0);
  assert.match(out, /^WS_PATH +\/talk +environment$/m);
  assert.match(out, new RegExp(`^PORT +0 +${file}$`, 'm'));
  assert.match(out, /^JWT_SECRET +\(set\)/m);
  assert.match(out, /^SERVICE_KEYS +\(set\) +SERVICE_KEYS_FILE \(environment\)$/m);
  assert.doesNotMatch(out, /Wv7Kp2Zt9Qx4Ls6N/);
  assert.ok(!out.includes(SECRET));
});

test('token prints a token that the server accepts', async (t) => {
  const server = await startServer({ args: [], env: { JWT_SECRET: SECRET } });
  t.after(() => server.stop());
  const { code, out } = await runJar(['token', 'alice', '--email', 'alice@example.com', '--expires', '5m'], { JWT_SECRET: SECRET });
  assert.equal(code, 0);
  const { iat, exp } = JSON.parse(Buffer.from(out.split('.')[1], 'base64url'));
  assert.equal(exp - iat, 300);
  const client = io(server.userUrl, { auth: { token: out.trim() } });
  t.after(() => client.close());
  const [{ user }] = await once(client, 'connected');
  assert.deepEqual([user.userId, user.email], ['alice', 'alice@example.com']);
});

test('token refuses arguments that make no valid token', async () => {
  for (const [args, message] of [
    [['token', 'alice', '--expires', 'soon'], /--expires is soon/],
    [['token', 'alice', '--expires', '0'], /--expires is 0 \(expected: 1 s or more\)/],
    [['token', 'alice', '--expires', '999ms'], /--expires is 999ms/],
    [['token', 'a\nb'], /the user of token/],
  ]) {
    const { code, out, err } = await runJar(args, { JWT_SECRET: SECRET });
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, message);
  }
  assert.match((await runJar(['token', 'alice'])).err, /JWT_SECRET is not set/);
});

test('demo tokens are for this machine, and in development only', async (t) => {
  const development = await startServer();
  t.after(() => development.stop());
  assert.equal((await get(`${development.userUrl}/demo/token?user=alice`)).status, 200);
  const rebound = await get(`${development.userUrl}/demo/token?user=alice`, { host: 'evil.example' });
  assert.equal(rebound.status, 403);
  assert.doesNotMatch(rebound.body, /token":/);
  assert.equal((await get(`${development.userUrl}/demo/token?user=${encodeURIComponent('"><script>')}`)).status, 400);

  const production = await startServer({ args: [], env: { JWT_SECRET: SECRET } });
  t.after(() => production.stop());
  for (const path of ['/demo/token?user=alice', '/', '/user.html', '/internal.html']) {
    assert.equal((await get(production.userUrl + path)).status, 404, path);
    assert.equal((await get(production.internalUrl + path)).status, 404, path);
  }
});

test('the server serves the client if it has a bundle, and does not send it twice', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const first = await get(`${server.userUrl}/socket.io/socket.io.js`);
  assert.equal(first.status, 200);
  assert.match(first.headers['content-type'], /javascript/);
  assert.match(first.body, /Socket\.IO/);
  const again = await get(`${server.userUrl}/socket.io/socket.io.js`, { 'if-none-match': first.headers.etag });
  assert.equal(again.status, 304);
  assert.equal(again.body, '');
});

test('both ports report the health, and only the internal port shows metrics', async (t) => {
  const server = await startServer({ args: [], env: { JWT_SECRET: SECRET, SERVICE_KEYS: 'billing:Wv7Kp2Zt9Qx4Ls6N' } });
  t.after(() => server.stop());
  for (const url of [server.userUrl, server.internalUrl]) {
    for (const path of ['/healthz', '/readyz']) {
      const { status, headers, body } = await get(url + path);
      assert.deepEqual([status, JSON.parse(body)], [200, { status: 'ok' }]);
      assert.equal(headers['cache-control'], 'no-store');
      assert.equal(headers['x-frame-options'], 'SAMEORIGIN');
    }
  }
  const answers = await Promise.all(Array.from({ length: 20 }, () => get(`${server.internalUrl}/metrics`)));
  for (const { status, headers, body } of answers) {
    assert.equal(status, 200);
    assert.match(headers['content-type'], /^text\/plain; version=0\.0\.4/);
    for (const name of ['jvm_memory_used_bytes', 'jvm_gc_', 'jvm_threads_live', 'process_files_open', 'process_uptime']) {
      assert.match(body, new RegExp(`^${name}`, 'm'));
    }
    assert.match(body, /^scarfall_log_dropped_total 0/m);
  }
  assert.equal((await get(`${server.internalUrl}/metrics`, { origin: 'https://evil.example' })).status, 403);
  assert.equal((await get(`${server.userUrl}/metrics`)).status, 404);
});

test('the health check of the image makes the same request with the same settings', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'scarfall.env');
  const server = await startServer({ args: [], env: { JWT_SECRET: SECRET } });
  const { port } = new URL(server.internalUrl);
  const check = (env) => spawnSync('bash', [HEALTH_CHECK], { env: { PATH: process.env.PATH, ...env } }).status;
  t.after(() => server.stop());
  await writeFile(file, `# INTERNAL_PORT=1\nINTERNAL_HOST="0.0.0.0"\n INTERNAL_PORT = '${port}' \n`);
  assert.equal(check({ INTERNAL_PORT: port }), 0);
  assert.equal(check({ CONFIG_FILE: file }), 0);
  assert.notEqual(check({ CONFIG_FILE: file, INTERNAL_PORT: '1' }), 0, 'the environment has precedence over the file');
  await server.stop();
  assert.notEqual(check({ CONFIG_FILE: file }), 0);
});

test('the health check of the image finds an internal gateway on IPv6', async (t) => {
  for (const host of ['[::1]', '::1', '[::]', '::']) {
    const keys = host.includes('1') ? {} : { SERVICE_KEYS: 'shop:Wv7Kp2Zt9Qx4Ls6NhB3d' };
    const server = await startServer({ args: [], env: { JWT_SECRET: SECRET, INTERNAL_HOST: host, ...keys } });
    t.after(() => server.stop());
    const env = { PATH: process.env.PATH, INTERNAL_HOST: host, INTERNAL_PORT: new URL(server.internalUrl).port };
    assert.equal(spawnSync('bash', [HEALTH_CHECK], { env }).status, 0, host);
    await server.stop();
  }
});

test('localhost means IPv4 and IPv6, on both ports', async (t) => {
  const env = { JWT_SECRET: SECRET, HOST: 'localhost', INTERNAL_HOST: 'localhost' };
  const server = await startServer({ args: [], env });
  t.after(() => server.stop());
  for (const { port } of [new URL(server.userUrl), new URL(server.internalUrl)]) {
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      assert.equal((await get(`http://${host}:${port}/healthz`)).status, 200, host);
    }
  }
});

test('the server speaks https and wss on both ports, also for health checks', async (t) => {
  const env = { JWT_SECRET: SECRET, TLS_CERT: tls('cert.pem'), TLS_KEY: tls('key.pem'), INTERNAL_TLS: 'true' };
  const server = await startServer({ args: [], env });
  t.after(() => server.stop());
  const [users, services] = [server.userUrl, server.internalUrl].map((url) => url.replace('http:', 'https:'));
  const ca = await readFile(tls('cert.pem'), 'utf8');
  for (const transport of ['websocket', 'polling']) {
    const options = { ca, transports: [transport], forceNew: true, reconnection: false };
    const client = io(users, { auth: { token: token('alice') }, ...options });
    const service = io(services, options);
    t.after(() => [client, service].forEach((socket) => socket.close()));
    await Promise.all([once(client, 'connected'), once(service, 'connected')]);
    const received = once(client, 'message');
    const { recipients } = await service.emitWithAck('send_message', { recipientIds: ['alice'], message: transport });
    assert.deepEqual(recipients.sent, ['alice']);
    assert.equal((await received)[0].message, transport);
  }
  const stranger = io(users, { transports: ['websocket'], forceNew: true, reconnection: false });
  t.after(() => stranger.close());
  await once(stranger, 'connect_error'); // this client does not know the certificate
  await assert.rejects(get(`${server.userUrl}/healthz`), 'a plain HTTP request fails');

  const port = new URL(server.internalUrl).port;
  const question = { ...env, INTERNAL_PORT: port, LOG_DIR: await temporaryFolder(t) };
  assert.equal((await runJar(['health'], question)).code, 0);
  const path = { PATH: process.env.PATH, SCARFALL_JAR: JAR };
  assert.equal(spawnSync('bash', [HEALTH_CHECK], { env: { ...path, ...question } }).status, 0);
  await server.stop();
  const { code, err } = await runJar(['health'], question);
  assert.equal(code, 1);
  assert.match(err, /the server does not serve/);
  assert.equal(spawnSync('bash', [HEALTH_CHECK], { env: { ...path, ...question } }).status, 1);
});

test('a message beyond the limit is refused, and its sender stays connected', async (t) => {
  const server = await startServer({ args: [], env: { JWT_SECRET: SECRET } });
  t.after(() => server.stop());
  for (const [url, auth] of [[server.userUrl, { token: token('alice') }], [server.internalUrl, {}]]) {
    for (const transport of ['websocket', 'polling']) {
      const client = io(url, { auth, transports: [transport], forceNew: true, reconnection: false });
      t.after(() => client.close());
      await once(client, 'connected');
      for (const size of [999_999, 1_000_500, 1_190_000]) {
        const answer = await client.timeout(10_000).emitWithAck('send_message', { recipientIds: ['bob'], message: 'x'.repeat(size) });
        assert.equal(answer.code, 'invalid', `${size} by ${transport}`);
        assert.match(answer.error, /message: \d+ bytes/);
      }
      for (const size of [950_000, 999_950, 999_998]) {
        const answer = await client.timeout(10_000).emitWithAck('send_message', { recipientIds: ['bob'], message: 'x'.repeat(size) });
        assert.equal(answer.code, 'not_delivered', `${size} by ${transport}`);
      }
      assert.equal(client.connected, true);
    }
  }
});

test('a node name of another process is refused until its lease expires, also after a restart', async (t) => {
  const redis = await startRedis();
  t.after(() => redis.stop());
  const env = { JWT_SECRET: SECRET, REDIS_URL: redis.url, SCARFALL_NODE_NAME: 'twin' };
  const ready = async (server) => (await get(`${server.userUrl}/readyz`)).status;
  const eventually = async (server) => {
    for (const end = Date.now() + 30_000; (await ready(server)) !== 200; await delay(100)) assert.ok(Date.now() < end, server.log);
  };
  const first = await startServer({ args: [], env });
  t.after(() => first.stop());
  const second = await startServer({ args: [], env });
  t.after(() => second.stop());
  const { status, body } = await get(`${second.userUrl}/readyz`);
  assert.deepEqual([status, JSON.parse(body)], [503, { status: 'unavailable', reason: 'the node name is taken' }]);
  assert.match(second.log, new RegExp(`level=ERROR .*another process holds the name of this node.* node=twin .*process ${first.pid}\\b`));
  assert.equal(second.log.match(/level=ERROR/g).length, 1, 'once');
  assert.equal(await ready(first), 200);
  assert.doesNotMatch(first.log, /level=(WARN|ERROR).*lease/);
  assert.equal(await second.stop(), 143);

  await first.stop('SIGKILL');
  const again = await startServer({ args: [], env });
  t.after(() => again.stop());
  await eventually(again);
});

test('an event above the rate is refused with the time to wait, and counted', async (t) => {
  const server = await startServer({ args: [], env: { JWT_SECRET: SECRET, RATE_LIMIT: 'session=1/20' } });
  t.after(() => server.stop());
  const client = io(server.userUrl, { auth: { token: token('alice') }, reconnection: false });
  t.after(() => client.close());
  await once(client, 'connected');
  const answers = await Promise.all(Array.from({ length: 25 }, () => client.emitWithAck('ping')));
  const refused = answers.filter(({ code }) => code === 'rate_limited');
  assert.ok(refused.length > 5 && refused.length < 20, `${refused.length} events were refused`);
  for (const { status, retryAfterMs } of refused) {
    assert.equal(status, 'error');
    assert.ok(retryAfterMs > 0 && retryAfterMs <= 1000);
  }
  assert.ok(answers[0].timestamp, 'the first event is accepted');
  const { body } = await get(`${server.internalUrl}/metrics`);
  assert.match(body, new RegExp(`^scarfall_limits_total\\{limit="rates"\\} ${refused.length}(\\.0)?$`, 'm'));
});

test('SIGHUP does not end the server, also while it drains', async (t) => {
  const server = await startServer({ args: [], env: { JWT_SECRET: SECRET, DRAIN_DELAY: '3s' } });
  t.after(() => server.stop());
  process.kill(server.pid, 'SIGHUP');
  await until(() => server.log.includes('SIGHUP ignored'));
  assert.equal((await get(`${server.userUrl}/healthz`)).status, 200);
  const ended = server.stop('SIGTERM');
  await until(async () => (await get(`${server.userUrl}/healthz`)).status === 503);
  process.kill(server.pid, 'SIGHUP');
  assert.equal(await ended, 143);
});

for (const transport of ['websocket', 'polling']) {
  test(`SIGTERM drains the server, and its clients reconnect by themselves (${transport})`, async (t) => {
    const [port, internalPort] = await freePorts(2);
    const env = { JWT_SECRET: SECRET, PORT: String(port), INTERNAL_PORT: String(internalPort), DRAIN_TIMEOUT: '5m' };
    const first = await startServer({ args: [], env });
    t.after(() => first.stop());
    const options = { transports: [transport], reconnectionDelay: 100, reconnectionDelayMax: 500, forceNew: true };
    const client = io(first.userUrl, { auth: { token: token('alice') }, ...options });
    const service = io(first.internalUrl, options);
    t.after(() => [client, service].forEach((socket) => socket.close()));
    await Promise.all([once(client, 'connected'), once(service, 'connected')]);
    const left = Promise.all([once(client, 'disconnect'), once(service, 'disconnect')]);
    assert.equal(await first.stop('SIGTERM'), 143, 'a few clients do not delay the end until it is killed');
    for (const [reason] of await left) assert.match(reason, /^transport (close|error)$/);
    assert.match(first.log, /draining.*stopped/s);
    const back = Promise.all([once(client, 'connected'), once(service, 'connected')]);
    const second = await startServer({ args: [], env });
    t.after(() => second.stop());
    await back;
    const { status, recipients } = await service.emitWithAck('send_message', { recipientIds: ['alice'], message: 'again' });
    assert.deepEqual([status, recipients.sent], ['sent', ['alice']]);
  });
}

test('the server serves for DRAIN_DELAY, reports that it drains, and exits at once after a second signal', async (t) => {
  const server = await startServer({ args: [], env: { JWT_SECRET: SECRET, DRAIN_DELAY: '1h' } });
  t.after(() => server.stop());
  process.kill(server.pid, 'SIGTERM');
  await until(async () => (await get(`${server.internalUrl}/readyz`)).status === 503);
  assert.match((await get(`${server.userUrl}/healthz`)).body, /draining/);
  const client = io(server.userUrl, { auth: { token: token('alice') }, reconnection: false });
  t.after(() => client.close());
  await once(client, 'connected');
  const left = once(client, 'disconnect');
  assert.equal(await server.stop('SIGTERM'), 143);
  assert.match((await left)[0], /^transport (close|error)$/);
});

test('the server exits in order, however short DRAIN_TIMEOUT is', async (t) => {
  const server = await startServer({ args: [], env: { JWT_SECRET: SECRET, DRAIN_TIMEOUT: '1ms' } });
  t.after(() => server.stop());
  const client = io(server.userUrl, { auth: { token: token('alice') }, reconnection: false });
  t.after(() => client.close());
  await once(client, 'connected');
  assert.equal(await server.stop('SIGTERM'), 143);
});

test('logs go to files and the console, as lines of key=value', async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer({ args: [], env: { JWT_SECRET: SECRET, LOG_DIR: join(folder, 'new', 'logs') } });
  t.after(() => server.stop());
  await server.stop();
  const lines = (await readFile(join(folder, 'new', 'logs', 'scarfall.log'), 'utf8')).trim().split('\n');
  for (const line of lines) assert.match(line, /^\d{4}-\d\d-\d\dT[\d:.]+Z level=[A-Z]+ logger=\w+ thread=\S+ ./);
  assert.match(lines.at(-1), /stopped/);
  assert.deepEqual(server.log.trim().split('\n'), lines);
});

test('a log folder that cannot be written causes a warning', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'file'), '');
  const server = await startServer({ args: [], env: { JWT_SECRET: SECRET, LOG_DIR: join(folder, 'file', 'logs') } });
  t.after(() => server.stop());
  assert.equal((await get(`${server.userUrl}/healthz`)).status, 200);
  assert.match(server.log, /level=WARN logger=LogTrouble .*Failed to create parent directories/);
  assert.equal(await server.stop(), 143);
});

test('a log on a full device affects nothing else', async (t) => {
  const folder = await temporaryFolder(t);
  await symlink('/dev/full', join(folder, 'scarfall.log'));
  const server = await startServer({ args: [], env: { JWT_SECRET: SECRET, LOG_DIR: folder, LOG_LEVEL: 'debug' } });
  t.after(() => server.stop());
  assert.equal((await get(`${server.userUrl}/healthz`)).status, 200);
  assert.equal(await server.stop(), 143);
});

test('a log that cannot grow causes a warning, and the server keeps serving', async (t) => {
  // Limits each file to 4 kB, which has the effect of a full disk.
  const command = ['bash', '-c', 'ulimit -f 4; exec "$@"', 'bash'];
  const env = { JWT_SECRET: SECRET, LOG_LEVEL: 'debug', JAVA_TOOL_OPTIONS: '-XX:-UsePerfData' };
  const server = await startServer({ args: [], env, command });
  t.after(() => server.stop());
  await until(async () => {
    const client = io(server.userUrl, { auth: { token: token('alice') }, forceNew: true, reconnection: false });
    await once(client, 'connected');
    client.close();
    return /level=WARN logger=LogTrouble .*IO failure while writing/.test(server.log);
  });
  assert.equal((await get(`${server.userUrl}/healthz`)).status, 200);
});

test('no output contains a token or a secret, even at the finest log level', async (t) => {
  const key = 'Hb3Jd8Rf5Gm1Yc0T';
  const env = { JWT_SECRET: SECRET, LOG_LEVEL: 'trace', SERVICE_KEYS: `billing:${key}` };
  const server = await startServer({ args: [], env });
  t.after(() => server.stop());
  const good = token('alice');
  const bad = `${good.slice(0, -4)}AAAA`;
  const client = io(server.userUrl, { auth: { token: good } });
  t.after(() => client.close());
  await once(client, 'connected');
  const refused = io(server.userUrl, { auth: { token: bad }, forceNew: true });
  t.after(() => refused.close());
  await once(refused, 'connect_error');
  const service = io(server.internalUrl, { auth: { serviceName: 'billing', serviceKey: `${key}-wrong` } });
  t.after(() => service.close());
  await once(service, 'connect_error');
  for (const hidden of [SECRET, key, good, bad, good.split('.')[2]]) {
    assert.ok(!server.log.includes(hidden));
  }
});

async function temporaryFolder(t) {
  const folder = await mkdtemp(join(tmpdir(), 'scarfall-e2e-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Repeats a check until it holds. A test that waits too long fails. */
async function until(holds) {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, 'waited too long');
    await new Promise(setImmediate); // so that output of the server can arrive
  }
}

function get(url, headers = {}) {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });
}

test('the health check accepts only 200, and uses loopback if the server listens on all addresses', async () => {
  let status = 200;
  const answering = createServer((socket) => {
    socket.on('error', () => {}); // the health check reads only the status
    socket.once('data', () => socket.end(`HTTP/1.1 ${status} Word\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`));
  }).listen(0, '127.0.0.1');
  await once(answering, 'listening');
  const check = async (host) => {
    const env = { PATH: process.env.PATH, INTERNAL_HOST: host, INTERNAL_PORT: String(answering.address().port) };
    const child = spawn('bash', [HEALTH_CHECK], { env, stdio: 'ignore' });
    return (await once(child, 'exit'))[0];
  };
  try {
    for (const host of ['', '127.0.0.1', '0.0.0.0', '::']) assert.equal(await check(host), 0, host);
    status = 503;
    assert.notEqual(await check('127.0.0.1'), 0);
  } finally {
    answering.close();
  }
});

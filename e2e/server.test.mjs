// The server jar as its operators see it: what it prints, what it refuses, how it stops.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import test from 'node:test';
import { io } from 'socket.io-client';
import { startServer } from './support/server.mjs';
import { SECRET, token } from './support/tokens.mjs';

test('without a secret it does not start, and says what is missing', async () => {
  await assert.rejects(startServer({ args: [] }), /the server ended \(2\).*JWT_SECRET is not set/s);
});

test('all mistakes of a configuration are in one report, which shows no secret', async () => {
  const env = { JWT_SECRET: 'hunter2', WS_PING_TIMEOUT: 'soon', INTERNAL_HOST: '0.0.0.0' };
  await assert.rejects(startServer({ args: [], env }), (error) => {
    assert.match(error.message, /JWT_SECRET is too short/);
    assert.match(error.message, /WS_PING_TIMEOUT is soon/);
    assert.doesNotMatch(error.message, /hunter2/);
    return true;
  });
});

test('beyond loopback the internal gateway wants keys', async () => {
  const env = { JWT_SECRET: SECRET, INTERNAL_HOST: '0.0.0.0' };
  await assert.rejects(startServer({ args: [], env }), /the server ended \(2\).*internal/s);
});

test('an unknown option is refused with the usage', async () => {
  await assert.rejects(startServer({ args: ['--devel'] }), /the server ended \(2\).*unknown option.*--dev /s);
});

test('a port that is taken is named', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address();
  try {
    await assert.rejects(
      startServer({ env: { PORT: String(port) } }),
      (error) => error.message.includes('the server ended (1)') && error.message.includes(`${port}`),
    );
  } finally {
    other.close();
  }
});

test('--help names every setting', async () => {
  await assert.rejects(startServer({ args: ['--help'] }), /the server ended \(0\).*JWT_SECRET.*SERVICE_KEYS.*LOG_DIR/s);
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

test('the client is served where there is a bundle, and not sent twice', async (t) => {
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

test('SIGTERM ends it in order, and its clients come back by themselves', async (t) => {
  const env = { JWT_SECRET: SECRET };
  const server = await startServer({ args: [], env });
  const client = io(server.userUrl, { auth: { token: token('alice') }, reconnection: false });
  t.after(() => client.close());
  await once(client, 'connected');
  const left = once(client, 'disconnect');
  await server.stop('SIGTERM');
  assert.equal((await left)[0], 'transport close');
});

test('neither token nor secret is in what it writes, at the finest level', async (t) => {
  const key = 'k3y-of-billing';
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

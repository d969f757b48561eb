// Starts an application that embeds the gateway, uses it with the official JavaScript client, and stops it.
// node drive.mjs NAME REDIS_URL|memory COMMAND...
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { SECRET, token } from '../e2e/support/tokens.mjs';

const { io } = createRequire(new URL('../e2e/package.json', import.meta.url))('socket.io-client');

const [name, state, ...command] = process.argv.slice(2);
const START_TIMEOUT = 60_000;
const TIMEOUT = 30_000;

/** Fails if a promise takes too long. */
function within(millis, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${millis} ms`)), millis);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const env = { ...process.env, JWT_SECRET: SECRET };
if (state !== 'memory') env.REDIS_URL = state;
const application = spawn(command[0], command.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] });
process.once('exit', () => application.kill('SIGKILL'));
const ended = once(application, 'close');
let output = '';

/** The first match in what the application has printed or will print. */
function printed(regex) {
  return new Promise((resolve, reject) => {
    const look = () => {
      const match = output.match(regex);
      if (match) resolve(match);
    };
    [application.stdout, application.stderr].forEach((stream) => stream.on('data', look));
    ended.then(() => reject(new Error('the application has ended')), reject);
    look();
  });
}

const next = (socket, event, wanted = () => true) =>
  within(
    TIMEOUT,
    event,
    new Promise((resolve) => {
      const listener = (...args) => {
        if (wanted(...args)) {
          socket.off(event, listener);
          resolve(args[0]);
        }
      };
      socket.on(event, listener);
    }),
  );

/** Connects a user, and waits until the session is authenticated. */
async function user(url, id, transports) {
  const socket = io(url, { auth: { token: token(id) }, transports, forceNew: true, reconnection: false });
  socket.on('connect_error', (error) => console.error(`${name}: ${id} cannot connect: ${error.message}`));
  await next(socket, 'connected');
  return socket;
}

async function use(users) {
  const url = `http://127.0.0.1:${users}`;
  const health = await fetch(`${url}/readyz`);
  assert.equal(health.status, 200, await health.text());

  const bob = await user(url, 'bob', ['polling', 'websocket']);
  const came = next(bob, 'user_status_update', ({ userId, status }) => userId === 'alice' && status === 'online');
  const alice = await user(url, 'alice', ['websocket']);
  await came;

  const message = next(bob, 'message');
  const sent = await alice.timeout(TIMEOUT).emitWithAck('send_message', {
    recipientIds: ['bob', 'carol'],
    message: 'from JavaScript 😀',
    metadata: { order: 42 },
  });
  assert.deepEqual(sent.recipients.sent, ['bob'], JSON.stringify(sent));
  assert.deepEqual(sent.recipients.failed, ['carol'], JSON.stringify(sent));
  assert.match(JSON.stringify(await message), /from JavaScript 😀/);

  const went = next(bob, 'user_status_update', ({ userId, status }) => userId === 'alice' && status === 'offline');
  alice.disconnect();
  await went;
  return bob;
}

try {
  [application.stdout, application.stderr].forEach((stream) => stream.setEncoding('utf8').on('data', (text) => (output += text)));
  const [, users] = await within(START_TIMEOUT, 'start', printed(/ready users=(\d+) services=\d+/));
  const bob = await use(users);
  const dropped = next(bob, 'disconnect');
  application.kill('SIGTERM');
  await dropped;
  await within(TIMEOUT, 'drain', printed(/drained|draining sessions=/));
  const [code] = await within(TIMEOUT, 'end', ended);
  assert.ok([0, 143].includes(code), `exit code ${code}`);
  assert.doesNotMatch(output, /ERROR|NoSuchMethod|NoClassDefFound|LinkageError|Exception/);
} catch (error) {
  console.error(`${name}: ${error.stack}\n--- output of ${command.join(' ')}\n${output}`);
  process.exit(1);
}
process.exit(0);

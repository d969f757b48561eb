// Tests both gateways with the official JavaScript client, over each of its transports.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import { after, before, describe } from 'node:test';
import { io } from 'socket.io-client';
import { test } from './support/bounded.mjs';
import { startServer } from './support/server.mjs';
import { SECRET, token } from './support/tokens.mjs';

const ISO_MILLISECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const WAYS = {
  'websocket only': ['websocket'],
  'polling only': ['polling'],
  'polling, then upgrade': ['polling', 'websocket'],
};

let server;
const clients = new Set();

before(async () => {
  server = await startServer({ args: [], env: { JWT_SECRET: SECRET } });
});

after(async () => {
  for (const client of clients) client.close();
  await server.stop();
});

function client(url, options) {
  const socket = io(url, { forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 100, ...options });
  clients.add(socket);
  return socket;
}

/** Connects a user's device, and waits until it is authenticated. */
async function user(id, transports, options = {}) {
  const socket = client(server.userUrl, { transports, auth: { token: token(id, { email: `${id}@example.org` }) }, ...options });
  const [{ user: self }] = await once(socket, 'connected');
  assert.equal(self.userId, id);
  assert.equal(self.socketId, socket.id);
  return socket;
}

async function service(transports) {
  const socket = client(server.internalUrl, { transports });
  const [greeting] = await once(socket, 'connected');
  assert.equal(greeting.socketId, socket.id);
  return socket;
}

/** Waits for the next matching event with this name. */
function next(socket, event, fits = () => true) {
  return new Promise((resolve) => {
    const listener = (value) => {
      if (fits(value)) {
        socket.off(event, listener);
        resolve(value);
      }
    };
    socket.on(event, listener);
  });
}

const ask = (socket, event, ...args) => socket.timeout(10_000).emitWithAck(event, ...args);

for (const [way, transports] of Object.entries(WAYS)) {
  const name = (id) => `${id}-${Object.keys(WAYS).indexOf(way)}`;

  describe(way, () => {
    test('a user gets the status of a new friend at once', async () => {
      const [ivy, jon] = [name('ivy'), name('jon')];
      const devices = [await user(ivy, transports), await user(ivy, transports)];
      await user(jon, transports);
      const backEnd = await service(transports);

      const added = devices.map((device) => next(device, 'user_status_update', ({ userId }) => userId === jon));
      const change = { userId: ivy, friends: [jon, { userId: name('nobody') }] };
      assert.equal((await ask(backEnd, 'set_friends', change)).status, 'ok');
      const { users } = await ask(devices[0], 'get_online_users');
      for (const update of await Promise.all(added)) {
        assert.equal(update.status, 'online');
        assert.equal(update.email, `${jon}@example.org`);
        assert.match(update.lastSeen, ISO_MILLISECONDS);
        assert.equal(update.version, users[0].version);
      }
      const again = next(devices[1], 'user_status_update', ({ userId }) => userId === jon);
      assert.equal((await ask(backEnd, 'remove_friend', { userId: ivy, friendId: jon })).status, 'ok');
      assert.equal((await ask(backEnd, 'add_friend', { userId: ivy, friend: jon })).status, 'ok');
      assert.equal((await again).status, 'online', 'one update when the friend is added again, and none for the removal');
    });

    test('a message reaches every device of online recipients, and the ack lists the offline ones', async () => {
      const alice = await user(name('alice'), transports);
      const bobs = [await user(name('bob'), transports), await user(name('bob'), transports)];
      const arrived = bobs.map((device) => next(device, 'message'));
      const answer = await ask(alice, 'send_message', {
        recipientIds: [name('bob'), name('nobody'), name('bob')],
        message: 'Grüße 🎉\u2028',
        metadata: { thread: 7, source: 'internal_service', senderId: 'mallory' },
      });
      assert.equal(answer.status, 'sent');
      assert.deepEqual(answer.recipients, { total: 2, sent: [name('bob')], failed: [name('nobody')] });
      assert.match(answer.timestamp, ISO_MILLISECONDS);
      for (const message of await Promise.all(arrived)) {
        assert.equal(message.recipientId, name('bob'));
        assert.equal(message.senderId, name('alice'));
        assert.equal(message.messageId, answer.messageId);
        assert.equal(message.message, 'Grüße 🎉\u2028');
        assert.deepEqual(message.metadata, { thread: 7 });
        assert.match(message.timestamp, ISO_MILLISECONDS);
      }
    });

    test('a message that reaches no recipient is acked with an error', async () => {
      const alice = await user(name('lonely'), transports);
      const answer = await ask(alice, 'send_message', { recipientIds: [name('nobody')], message: 'hello?', metadata: {} });
      assert.equal(answer.status, 'error');
      assert.equal(typeof answer.error, 'string');
      assert.deepEqual(answer.recipients, { total: 1, sent: [], failed: [name('nobody')] });
    });

    test('friends see the first device connect and the last one disconnect, strangers see nothing', async () => {
      const backEnd = await service(transports);
      const friend = await user(name('friend'), transports);
      const stranger = await user(name('stranger'), transports);
      const seen = [];
      stranger.on('user_status_update', (update) => seen.push(update));
      assert.equal((await ask(backEnd, 'set_friends', { userId: name('friend'), friends: [{ userId: name('star') }] })).status, 'ok');

      const came = next(friend, 'user_status_update', ({ status }) => status === 'online');
      const first = await user(name('star'), transports);
      const online = await came;
      assert.equal(online.userId, name('star'));
      assert.equal(online.email, `${name('star')}@example.org`);

      const second = await user(name('star'), transports);
      const updates = [];
      friend.on('user_status_update', (update) => updates.push(update));
      first.close();
      const { users } = await ask(friend, 'get_online_users');
      assert.deepEqual(users.map(({ userId, status }) => [userId, status]), [[name('star'), 'online']]);
      assert.deepEqual(await ask(friend, 'get_online_friends_only').then((answer) => answer.users.length), 1);

      const went = next(friend, 'user_status_update', ({ status }) => status === 'offline');
      second.close();
      const offline = await went;
      assert.ok(offline.version > online.version);
      assert.match(offline.lastSeen, ISO_MILLISECONDS);
      assert.equal(updates.length, 1, 'no update when one of two devices disconnects');
      assert.deepEqual((await ask(friend, 'get_online_users')).users, []);
      assert.deepEqual(seen, []);
    });

    test('all online users are listed in pages, with the correct total', async () => {
      const ids = Array.from({ length: 5 }, (_, i) => name(`page${i}`));
      const sockets = await Promise.all(ids.map((id) => user(id, transports)));
      const found = [];
      let cursor = null;
      do {
        const page = await ask(sockets[0], 'get_all_online_users', cursor ? { cursor, limit: 2 } : { limit: 2 });
        assert.ok(page.users.length <= 2);
        assert.ok(page.total >= ids.length);
        found.push(...page.users.map(({ userId }) => userId));
        cursor = page.nextCursor;
      } while (cursor);
      for (const id of ids) assert.equal(found.filter((other) => other === id).length, 1, id);

      const detailed = await ask(sockets[0], 'get_detailed_online_users');
      assert.match(detailed.timestamp, ISO_MILLISECONDS);
      const one = detailed.users.find(({ userId }) => userId === ids[0]);
      assert.equal(one.sessionCount, 1);
      assert.equal(one.email, `${ids[0]}@example.org`);
    });

    test('a service sends to users, and its messages are marked as those of a service', async () => {
      const backEnd = await service(transports);
      const carol = await user(name('carol'), transports);
      const arrived = next(carol, 'message');
      const answer = await ask(backEnd, 'send_message', {
        recipientIds: [name('carol'), name('nobody')],
        message: 'Your order is ready',
        metadata: { order: 42 },
      });
      assert.deepEqual(answer.recipients, { total: 2, sent: [name('carol')], failed: [name('nobody')] });
      assert.deepEqual((await arrived).metadata, { order: 42, source: 'internal_service' });
    });

    test('a revoked user gets the reason, is disconnected, and is refused until there is a newer token', async () => {
      const backEnd = await service(transports);
      const issuedAt = () => ({ iat: Math.floor(Date.now() / 1000) });
      let current = token(name('eve'), issuedAt());
      const seen = [];
      const eve = client(server.userUrl, { transports, auth: (use) => use({ token: current }) });
      eve.on('connected', () => seen.push('connected'));
      await once(eve, 'connected');
      const bystander = await user(name('bystander'), transports);
      const reported = once(eve, 'authentication_error');
      const gone = once(eve, 'disconnect');

      assert.deepEqual(await ask(backEnd, 'revoke', { userId: name('eve') }), { status: 'ok', ended: 1, unconfirmed: [] });

      const [error] = await reported;
      assert.equal(error.status, 'error');
      assert.equal(error.code, 'revoked');
      assert.equal(error.retry, false);
      const [reason] = await gone;
      assert.equal(reason, 'io server disconnect', 'so the client does not reconnect by itself');
      eve.connect();
      const [refused] = await once(eve, 'connect_error');
      assert.equal(refused.data.code, 'revoked');
      assert.equal(refused.data.retry, false);
      current = token(name('eve'), issuedAt());
      const back = once(eve, 'connected');
      eve.connect();
      await back;
      assert.deepEqual(seen, ['connected', 'connected']);
      assert.ok(bystander.connected);
    });

    test('users cannot revoke', async () => {
      const alice = await user(name('not-a-service'), transports);
      const other = await user(name('victim'), transports);
      alice.emit('revoke', { userId: name('victim') });
      await ask(alice, 'ping');
      await ask(other, 'ping');
      assert.ok(other.connected);
    });

    test('the event authenticates too; before it all events are refused, and a wrong token is explained', async () => {
      const socket = client(server.userUrl, { transports });
      await once(socket, 'connect');
      assert.equal((await ask(socket, 'get_all_online_users')).code, 'unauthenticated');
      const refused = await ask(socket, 'authenticate', { token: `${token('dave')}x` });
      assert.equal(refused.status, 'error');
      assert.equal(typeof refused.code, 'string');
      const connected = once(socket, 'connected');
      const answer = await ask(socket, 'authenticate', { token: token(name('dave')) });
      assert.equal(answer.user.userId, name('dave'));
      assert.deepEqual((await connected)[0], answer);
      assert.match((await ask(socket, 'ping')).timestamp, ISO_MILLISECONDS);
    });

    test('a header authenticates too, and a wrong token in CONNECT is a connect_error with a code', async () => {
      await user(name('erin'), transports, { auth: {}, extraHeaders: { Authorization: `Bearer ${token(name('erin'))}` } });
      const refused = client(server.userUrl, { transports, auth: { token: 'nonsense' } });
      const [error] = await once(refused, 'connect_error');
      assert.equal(typeof error.data.code, 'string');
      assert.equal(error.data.retry, false);
    });

    test('the user port does not know the events of the internal gateway', async () => {
      const mallory = await user(name('mallory'), transports);
      mallory.emit('set_friends', { userId: name('mallory'), friends: [{ userId: name('alice') }] });
      const answer = await mallory.emitWithAck('add_friend', { userId: name('mallory'), friend: { userId: name('alice') } });
      assert.deepEqual(answer, { status: 'error', error: 'there is no such event', code: 'unknown_event' });
      await user(name('alice'), transports);
      assert.deepEqual((await mallory.emitWithAck('get_online_users')).users, []);
    });

    test('messages of one sender keep their order', async () => {
      const sender = await user(name('frank'), transports);
      const receiver = await user(name('grace'), transports);
      const numbers = [];
      const all = new Promise((resolve) => {
        receiver.on('message', ({ message }) => {
          numbers.push(Number(message));
          if (numbers.length === 300) resolve();
        });
      });
      for (let i = 0; i < 300; i++) {
        sender.emit('send_message', { recipientIds: [name('grace')], message: String(i), metadata: {} });
      }
      await all;
      assert.deepEqual(numbers, Array.from({ length: 300 }, (_, i) => i));
    });

    test('a client whose connection breaks reconnects by itself as the same user', async () => {
      const { url, cut, mend, close } = await proxy(server.userUrl);
      try {
        const socket = client(url, { transports, auth: { token: token(name('heidi')) } });
        await once(socket, 'connected');
        const before = socket.id;
        cut();
        await once(socket, 'disconnect');
        mend();
        await once(socket, 'connected');
        assert.notEqual(socket.id, before);
        const { users } = await ask(socket, 'get_detailed_online_users', { limit: 1000 });
        assert.equal(users.filter(({ userId }) => userId === name('heidi')).length, 1);
        socket.close();
      } finally {
        close();
      }
    });
  });
}

/** A TCP proxy that can be cut. No connection works until it is mended. */
async function proxy(target) {
  const { hostname, port } = new URL(target);
  const open = new Set();
  let broken = false;
  const listener = createServer((near) => {
    near.on('error', () => near.destroy());
    if (broken) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const [from, to] of [[near, far], [far, near]]) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const cut = () => {
    broken = true;
    open.forEach((socket) => socket.destroy());
  };
  const mend = () => {
    broken = false;
  };
  const close = () => {
    cut();
    listener.close();
  };
  return { url: `http://127.0.0.1:${listener.address().port}`, cut, mend, close };
}

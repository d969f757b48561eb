// Tests the protocol with the official JavaScript client, over each of its transports.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe } from 'node:test';
import { Manager, io } from 'socket.io-client';
import { test } from './support/bounded.mjs';
import { startInteropServer } from './support/interop.mjs';

const WAYS = {
  'websocket only': ['websocket'],
  'polling only': ['polling'],
  'polling, then upgrade': ['polling', 'websocket'],
};
const LIMIT = 1_000_000; // bytes of a message, including the Engine.IO type but not the frames

let server;
const sockets = new Set();

before(async () => {
  server = await startInteropServer();
});

after(() => server?.stop());

afterEach(() => {
  for (const socket of sockets) socket.io._close();
  sockets.clear();
});

/** All events of a socket, in order. A test awaits each event once, whether it has arrived already or not. */
class Inbox {
  #events = [];
  #wake = () => {};

  constructor(socket) {
    const add = (...event) => {
      this.#events.push(event);
      this.#wake();
    };
    for (const event of ['connect', 'disconnect', 'connect_error']) socket.on(event, (...args) => add(event, ...args));
    socket.onAny(add);
  }

  /** Waits for the next matching event with this name, skips others, and returns its arguments. */
  async next(name, fits = () => true) {
    for (;;) {
      while (this.#events.length > 0) {
        const [event, ...args] = this.#events.shift();
        if (event === name && fits(...args)) return args;
      }
      await new Promise((resolve) => (this.#wake = resolve));
    }
  }
}

function watched(socket) {
  sockets.add(socket);
  socket.inbox = new Inbox(socket);
  return socket;
}

/** Opens a new session. */
function open(transports, namespace = '/', options = {}) {
  return watched(io(server.url + namespace, { forceNew: true, reconnectionDelay: 1, reconnectionDelayMax: 5, transports, ...options }));
}

async function connected(socket) {
  await socket.inbox.next('connect');
  return socket;
}

const connect = (...args) => connected(open(...args));

/** Joins another namespace over the session of a socket. */
const join = (socket, namespace, auth) => watched(socket.io.socket(namespace, { auth }));

/** Waits until a socket uses the last of its transports. */
async function settled(socket, transports) {
  const { engine } = socket.io;
  if (engine.transport.name !== transports.at(-1)) await new Promise((resolve) => engine.once('upgrade', resolve));
  assert.equal(await socket.emitWithAck('transport'), transports.at(-1));
}

const observer = () => connect(['websocket'], '/observer');

/** Waits for the reason that the server reports for the end of a socket. */
async function reasonOf(seen, id) {
  const [, , reason] = await seen.inbox.next('disconnected', (namespace, left) => left === id);
  return reason;
}

const numbers = (count) => Array.from({ length: count }, (_, i) => i + 1);

test('a client that offers WebSocket subprotocols gets its first', async () => {
  for (const transports of [['websocket'], ['polling', 'websocket']]) {
    const socket = await connect(transports, '/', { protocols: ['v2.chat', 'v1.chat'] });
    await settled(socket, transports);
    assert.equal(socket.io.engine.transport.name, 'websocket');
    assert.equal(socket.io.engine.transport.ws.protocol, 'v2.chat');
    socket.disconnect();
  }
});

for (const [way, transports] of Object.entries(WAYS)) {
  describe(way, () => {
    test('a client connects with auth, and the events of the server follow', async () => {
      const socket = await connect(transports, '/', { auth: { token: 'é😀', nested: [null, 1] } });
      assert.equal(socket.id.length, 20);
      assert.notEqual(socket.id, socket.io.engine.id);
      assert.ok(!socket.recovered);
      assert.deepEqual(await socket.inbox.next('welcome'), [socket.id]);
      assert.deepEqual(await socket.emitWithAck('auth'), { token: 'é😀', nested: [null, 1] });
    });

    test('a client ends up on its best transport', async () => {
      const socket = await connect(transports);
      await settled(socket, transports);
      assert.equal(await socket.emitWithAck('echo', 'still'), 'still');
    });

    test('events that are emitted before the connect arrive in order', async () => {
      const socket = open(transports);
      for (const number of numbers(50)) socket.emit('number', number);
      assert.deepEqual(await socket.emitWithAck('numbers'), numbers(50));
    });

    // Acks

    test('the server acknowledges with any number of arguments', async () => {
      const socket = await connect(transports);
      const ask = (...args) => new Promise((resolve) => socket.emit(...args, (...answer) => resolve(answer)));
      assert.deepEqual(await ask('echo'), []);
      assert.deepEqual(await ask('echo', 1, 'two', [true, null], { k: -0.5e-7 }), [1, 'two', [true, null], { k: -0.5e-7 }]);
      assert.deepEqual(await ask('echo later', 'a', 'b'), ['a', 'b']);
      assert.deepEqual(await ask('fail'), [{ error: 'ConnectRefusedException' }]);
      assert.deepEqual(await ask('person', 'nobody'), [{ error: 'MalformedPacketException' }]);
    });

    test('an ack in time prevents the timeout, and a missing ack causes it', async () => {
      const socket = await connect(transports);
      assert.equal(await socket.timeout(20_000).emitWithAck('echo', 'in time'), 'in time');
      await assert.rejects(socket.timeout(20).emitWithAck('silence'), /operation has timed out/);
      const error = await new Promise((resolve) => socket.timeout(20).emit('silence', resolve));
      assert.match(error.message, /operation has timed out/);
      assert.equal(await socket.emitWithAck('echo', 'later'), 'later');
    });

    test('the client acknowledges, and the server gives up on a client that does not', async () => {
      const socket = await connect(transports);
      assert.equal(await socket.emitWithAck('ask me briefly', 'unheard'), 'operation has timed out');
      socket.on('question', (...args) => args.pop()(...args));
      assert.equal(await socket.emitWithAck('ask me', 'a'), 'a');
      assert.deepEqual(await socket.emitWithAck('ask me', Buffer.from([1, 2])), Buffer.from([1, 2]));
      assert.equal(await socket.emitWithAck('ask me'), undefined);
    });

    test('the server asks a room, and gets the acks of those that answer', async () => {
      const answering = await connect(transports);
      const silent = await connect(transports);
      for (const socket of [answering, silent]) await socket.emitWithAck('join', `room ${way}`);
      answering.on('question', (room, ack) => ack({ room }));
      assert.deepEqual(await answering.emitWithAck('ask room', 'empty'), { answers: [], missing: 0 });
      const answer = { room: `room ${way}` };
      assert.deepEqual(await silent.emitWithAck('ask room briefly', answer.room), { answers: [answer], missing: 1 });
      silent.on('question', (room, ack) => ack({ room }));
      assert.deepEqual(await silent.emitWithAck('ask room', answer.room), { answers: [answer, answer], missing: 0 });
    });

    // Payloads

    test('nested and empty binary data returns unchanged', async () => {
      const socket = await connect(transports);
      const echo = (value) => socket.emitWithAck('echo', value);
      assert.deepEqual(await echo(Buffer.from([0, 127, 128, 255])), Buffer.from([0, 127, 128, 255]));
      assert.deepEqual(await echo(Buffer.alloc(0)), Buffer.alloc(0));
      assert.deepEqual(await echo(new Uint8Array([1, 2, 3])), Buffer.from([1, 2, 3]));
      assert.deepEqual(await echo(new Uint16Array([1]).buffer), Buffer.from(new Uint16Array([1]).buffer));
      const nested = { list: [Buffer.from('a'), { deep: Buffer.from('b') }, 'c'], none: null };
      assert.deepEqual(await echo(nested), nested);
      socket.emit('echo event', 'mixed', Buffer.from('x'), 1, Buffer.alloc(0));
      assert.deepEqual(await socket.inbox.next('echoed'), ['mixed', Buffer.from('x'), 1, Buffer.alloc(0)]);
      const person = { name: 'Ada', age: 36, photo: Buffer.from([9]) };
      assert.deepEqual(await socket.emitWithAck('person', { ...person, unknown: Buffer.from('?') }), person);
    });

    test('text returns unchanged, whatever its characters', async () => {
      const socket = await connect(transports);
      const texts = ['é€😀👩‍👩‍👧', '\u2028\u2029', '\u0000\u001e\u001f', '\ud83d lone', '"\\/\b\f\n\r\t', '\ufeff', 'x'.repeat(70_000) + '😀'];
      for (const text of texts) {
        assert.equal(await socket.emitWithAck('echo', text), text);
        assert.deepEqual(await socket.emitWithAck('echo', { [text]: text }), { [text]: text });
        const person = { name: text, age: 1, photo: null };
        assert.deepEqual(await socket.emitWithAck('person', person), person); // read and written by Java
      }
      socket.emit('echo event', ...texts);
      assert.deepEqual(await socket.inbox.next('echoed'), texts);
    });

    test('a message of the maximum size passes, and one more byte ends the session', async () => {
      const socket = await connect(transports);
      await settled(socket, transports);
      const text = 'x'.repeat(LIMIT - '42["echo event",""]'.length);
      socket.emit('echo event', text);
      assert.deepEqual(await socket.inbox.next('echoed'), [text]);
      // A polling client sends attachments as base64, and may put them into the POST of their event.
      const polled = Math.floor((LIMIT - '451-1["echo",{"_placeholder":true,"num":0}]\x1eb'.length) / 4) * 3;
      const bytes = Buffer.alloc(transports.at(-1) === 'polling' ? polled : LIMIT, 7);
      assert.deepEqual(await socket.emitWithAck('echo', bytes), bytes);
      const seen = await observer();
      const { id } = socket;
      socket.emit('echo event', text + 'x');
      const [reason] = await socket.inbox.next('disconnect');
      assert.match(reason, /^transport (close|error)$/);
      assert.match(await reasonOf(seen, id), /^transport (close|error)$/);
      await connected(socket);
      assert.equal(await socket.emitWithAck('echo', 'again'), 'again');
    });

    test('messages of the server may be larger', async () => {
      const socket = await connect(transports);
      assert.deepEqual(await socket.emitWithAck('bytes', 3 * LIMIT), Buffer.alloc(3 * LIMIT));
      assert.equal(await socket.emitWithAck('text', 3 * LIMIT), 'x'.repeat(3 * LIMIT));
    });

    test('no message is lost, duplicated or reordered while the transport changes', async () => {
      const socket = await connect(transports);
      let sent = 0;
      let isSettled = false;
      const sending = new Promise((resolve) => {
        const send = () => {
          socket.emit('number', ++sent);
          if (isSettled && sent >= 200) resolve();
          else setImmediate(send);
        };
        send();
      });
      const received = [];
      socket.on('number', (number) => received.push(number));
      socket.emit('count');
      await settled(socket, transports);
      isSettled = true;
      await sending;
      assert.deepEqual(await socket.emitWithAck('numbers'), numbers(sent));
      socket.emit('enough');
      const [counted] = await socket.inbox.next('counted');
      assert.ok(counted >= 200);
      assert.deepEqual(received, numbers(counted));
    });

    test('volatile events are sent once, or not at all', async () => {
      const early = open(transports);
      early.volatile.emit('number', 1);
      early.emit('number', 2);
      assert.deepEqual(await early.emitWithAck('numbers'), [2]);
      await settled(early, transports);
      early.emit('volatile');
      const received = [];
      early.on('volatile', (number) => received.push(number));
      assert.deepEqual(await early.inbox.next('not volatile'), [3]);
      // A poll takes at most one packet, and none if the previous poll has just ended.
      if (transports.at(-1) === 'websocket') assert.deepEqual(received, [1, 2]);
      else assert.ok(received.length === 0 || (received.length === 1 && received[0] === 1));
    });

    // Namespaces

    test('namespaces share a session, and the client leaves them one by one', async () => {
      const seen = await observer();
      const main = await connect(transports);
      const custom = await connected(join(main, '/custom'));
      const { id } = custom;
      assert.notEqual(main.id, id);
      assert.equal(await custom.emitWithAck('echo', 'custom'), 'custom');
      custom.disconnect();
      assert.deepEqual((await custom.inbox.next('disconnect'))[0], 'io client disconnect');
      assert.equal(await reasonOf(seen, id), 'client namespace disconnect');
      assert.equal(await main.emitWithAck('echo', 'main'), 'main');
      await connected(custom.connect());
      assert.notEqual(custom.id, id);
    });

    test('a namespace by pattern is made for its first client, and refuses events with a code', async () => {
      const main = await connect(transports);
      const member = await connected(join(main, '/room-1', { token: 'member' }));
      const guest = await connected(watched((await connect(transports)).io.socket('/room-1')));
      assert.equal(await member.emitWithAck('guarded'), 'welcome');
      assert.deepEqual(await guest.emitWithAck('guarded'), {
        status: 'error',
        error: 'not for you',
        code: 'forbidden',
        data: { room: '/room-1' },
      });
      const { id } = guest;
      guest.disconnect();
      assert.deepEqual(await member.inbox.next('leaves'), [id, 'client namespace disconnect']);
    });

    test('the server refuses with a message and data', async () => {
      const main = await connect(transports);
      const nowhere = join(main, '/nowhere');
      const [unknown] = await nowhere.inbox.next('connect_error');
      assert.equal(unknown.message, 'Invalid namespace');
      assert.equal(unknown.data, undefined);
      const guarded = join(main, '/guarded', { token: 'wrong' });
      const [refused] = await guarded.inbox.next('connect_error');
      assert.equal(refused.message, 'Not authorized');
      assert.deepEqual(refused.data, { code: 401 });
      assert.equal(guarded.active, false);
      guarded.auth = { token: 'wrong, later' };
      guarded.connect();
      const [later] = await guarded.inbox.next('connect_error');
      assert.equal(later.message, 'Not authorized, later');
      assert.deepEqual(later.data, ['a', 1]);
      guarded.auth = (answer) => answer({ token: 'secret, later' });
      await connected(guarded.connect());
      assert.equal(await guarded.emitWithAck('echo', 'in'), 'in');
      assert.equal(await main.emitWithAck('echo', 'main'), 'main');
    });

    // Ends

    test('the client disconnects', async () => {
      const seen = await observer();
      const socket = await connect(transports);
      await settled(socket, transports);
      const { id } = socket;
      socket.disconnect();
      assert.equal((await socket.inbox.next('disconnect'))[0], 'io client disconnect');
      assert.equal(await reasonOf(seen, id), 'client namespace disconnect');
    });

    test('the server disconnects a socket', async () => {
      const seen = await observer();
      const socket = await connect(transports);
      const custom = await connected(join(socket, '/custom'));
      const { id } = socket;
      socket.emit('disconnect me');
      assert.equal((await socket.inbox.next('disconnect'))[0], 'io server disconnect');
      assert.equal(socket.active, false);
      assert.equal(await reasonOf(seen, id), 'server namespace disconnect');
      assert.equal(await custom.emitWithAck('echo', 'custom'), 'custom');
      await connected(socket.connect());
      assert.notEqual(socket.id, id);
    });

    test('the server disconnects a session', async () => {
      const seen = await observer();
      const socket = await connect(transports);
      const custom = await connected(join(socket, '/custom'));
      const { id } = socket;
      socket.emit('disconnect session');
      assert.equal((await socket.inbox.next('disconnect'))[0], 'io server disconnect');
      assert.equal((await custom.inbox.next('disconnect'))[0], 'io server disconnect');
      assert.equal(await reasonOf(seen, id), 'server namespace disconnect');
    });

    test('the server disconnects a session at any time, and the client learns why', async () => {
      const clients = numbers(20).map(() => open(transports));
      for (const [i, socket] of clients.entries()) {
        socket.once('welcome', async () => {
          // Between connecting and the end of an upgrade.
          for (let asked = 0; asked < i % 10; asked++) await socket.emitWithAck('echo', asked);
          socket.emit('disconnect session');
        });
      }
      for (const socket of clients) assert.equal((await socket.inbox.next('disconnect'))[0], 'io server disconnect');
    });

    test('the server closes the session, and the client reconnects', async () => {
      const seen = await observer();
      const socket = await connect(transports);
      await settled(socket, transports);
      const { id } = socket;
      socket.emit('close session');
      assert.equal((await socket.inbox.next('disconnect'))[0], 'transport close');
      assert.equal(await reasonOf(seen, id), 'forced close');
      await connected(socket);
      assert.notEqual(socket.id, id);
      assert.equal(await socket.emitWithAck('echo', 'again'), 'again');
    });

    test('the client loses its transport, and reconnects', async () => {
      const seen = await observer();
      const socket = await connect(transports);
      await settled(socket, transports);
      const { id } = socket;
      socket.io.engine.close();
      assert.equal((await socket.inbox.next('disconnect'))[0], 'forced close');
      assert.equal(await reasonOf(seen, id), 'transport close');
      await connected(socket);
      assert.notEqual(socket.id, id);
    });
  });
}

test('clients on different transports meet in a room', async () => {
  const members = await Promise.all(Object.values(WAYS).map((transports) => connect(transports)));
  for (const member of members) assert.deepEqual(await member.emitWithAck('join', 'room'), ['room']);
  for (const speaker of members) {
    speaker.emit('say', { rooms: ['room', 'other'], except: [], text: speaker.id });
    for (const member of members) {
      if (member !== speaker) assert.deepEqual(await member.inbox.next('said'), [speaker.id]);
    }
  }
  const [first, second, third] = members;
  assert.deepEqual((await second.emitWithAck('join', 'quiet')).sort(), ['quiet', 'room']);
  first.emit('say', { rooms: ['room'], except: ['quiet'], text: 'hush' });
  assert.deepEqual(await third.inbox.next('said'), ['hush']);
  assert.deepEqual(await third.emitWithAck('leave', 'room'), []);
  first.emit('say', { rooms: ['room'], except: [], text: 'without third' });
  assert.deepEqual(await second.inbox.next('said'), ['without third']);
  first.emit('say to all', 'bye', Buffer.from([1]));
  for (const member of members) assert.deepEqual(await member.inbox.next('said'), ['bye', Buffer.from([1])]); // and nothing before
});

test('many sockets of one session answer at once', async () => {
  const manager = new Manager(server.url, { transports: ['websocket'] });
  const [main, custom] = [watched(manager.socket('/')), watched(manager.socket('/custom'))];
  const answers = await Promise.all(numbers(100).map((number) => (number % 2 ? main : custom).emitWithAck('echo', number)));
  assert.deepEqual(answers, numbers(100));
});

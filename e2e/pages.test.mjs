// Tests the example pages as a person uses them: on one server, in a real browser.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { test } from './support/bounded.mjs';
import { connected, openPage, screenshot, startBrowser } from './support/browser.mjs';
import { freePorts, startServer } from './support/server.mjs';
import { SECRET, token } from './support/tokens.mjs';

let server;
let browser;

before(async () => {
  browser = await startBrowser();
  server = await startServer();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
afterEach(() => Promise.all((browser?.contexts() ?? []).map((context) => context.close())));

// Actions of users.

const openUser = (name, prepare) => openPage(browser, `${server.userUrl}/user.html?user=${name}`, prepare);

async function openConnectedUser(name) {
  const page = await openUser(name);
  await connected(page);
  return page;
}

async function openConnectedService() {
  const page = await openPage(browser, `${server.internalUrl}/internal.html?server=${server.internalUrl}`);
  await page.locator('#connect-button:enabled').click();
  await connected(page);
  return page;
}

async function befriend(service, a, b) {
  await service.locator('#friend-a').fill(a);
  await service.locator('#friend-b').fill(b);
  await service.locator('#befriend').click();
  await service.locator('#friend-result', { hasText: `${a} and ${b} are friends` }).waitFor();
}

async function write(page, recipients, text) {
  for (const recipient of recipients) {
    await page.locator('#recipient').fill(recipient);
    await page.locator('#recipient').press('Enter');
  }
  await page.locator('#message').fill(text);
  await page.locator('#message').press('Enter');
}

// What users see.

const friend = (page, name, status) => page.locator(`[data-testid=friends][data-user="${name}"][data-status=${status}]`).waitFor();
const message = (page, sender, text) => page.locator(`[data-testid=message][data-sender="${sender}"]`, { hasText: text }).waitFor();
const delivery = (scope, name, status) => scope.locator(`[data-testid=delivery][data-user="${name}"][data-status=${status}]`).waitFor();
const assertSound = (...pages) => assert.deepEqual(pages.flatMap((page) => page.failures), []);

// Each test has its own users, because all tests share a server.

test('a new user types a name, connects, and sees their identity', async () => {
  const page = await openPage(browser, `${server.userUrl}/user.html`);
  const name = await page.locator('#user-name').inputValue();
  assert.match(name, /^[a-z]+-[a-z]+-\d+$/);

  await page.locator('#connect-button:enabled').click();
  await connected(page);

  assert.equal(await page.locator('#my-id').textContent(), name);
  assert.match(await page.locator('#my-socket').textContent(), /^[\w-]{10,}$/);
  await page.locator('#tab-all').click();
  await page.locator(`[data-testid=all-users][data-user="${name}"]`).waitFor();
  await page.locator('#tab-detailed').click();
  await page.locator(`[data-testid=detailed-users][data-user="${name}"]`, { hasText: '1 session' }).waitFor();
  await page.locator('#ping').click();
  await page.locator('#my-ping', { hasText: 'ms' }).waitFor();
  await screenshot(page, 'user-alone');
  assertSound(page);
});

test('two users chat', async () => {
  const [anna, ben] = [await openConnectedUser('anna'), await openConnectedUser('ben')];

  await write(anna, ['ben'], 'Hello <b>Ben</b>');
  await message(ben, 'anna', 'Hello <b>Ben</b>');
  await delivery(anna, 'ben', 'sent');

  await ben.locator('[data-pick=anna]').click();
  await write(ben, [], 'Hello Anna');
  await message(anna, 'ben', 'Hello Anna');
  await screenshot(anna, 'user-chat');
  assertSound(anna, ben);
});

test('friends see each other go online and offline', async () => {
  const service = await openConnectedService();
  await befriend(service, 'cleo', 'dan');
  const cleo = await openConnectedUser('cleo');
  const dan = await openConnectedUser('dan');

  await friend(cleo, 'dan', 'online');
  await friend(dan, 'cleo', 'online');
  await dan.locator('#connect-button').click();
  await friend(cleo, 'dan', 'offline');
  await cleo.locator('[data-testid=friends][data-user=dan]', { hasText: 'last seen' }).waitFor();
  await screenshot(cleo, 'user-friend-offline');
  await dan.locator('#connect-button').click();
  await friend(cleo, 'dan', 'online');
  assertSound(service, cleo, dan);
});

test('a message of a service reaches both users', async () => {
  const service = await openConnectedService();
  const users = [await openConnectedUser('eva'), await openConnectedUser('finn')];

  await service.locator('#recipients').fill('eva, finn');
  await service.locator('#message').fill('Maintenance tonight');
  await service.locator('#send-button').click();

  const answer = service.locator('[data-testid=answer][data-status=sent]');
  await delivery(answer, 'eva', 'sent');
  await delivery(answer, 'finn', 'sent');
  for (const user of users) {
    const received = user.locator('[data-testid=message]', { hasText: 'Maintenance tonight' });
    await received.locator('summary').click();
    await received.locator('pre', { hasText: '"source": "internal_service"' }).waitFor();
  }
  await screenshot(service, 'internal-sent');
  await screenshot(users[0], 'user-service-message');
  assertSound(service, ...users);
});

test('an offline recipient is shown as failed', async () => {
  const [gina, hugo] = [await openConnectedUser('gina'), await openConnectedUser('hugo')];

  await write(gina, ['hugo', 'nobody-there'], 'Are you both there?');

  await message(hugo, 'gina', 'Are you both there?');
  await delivery(gina, 'hugo', 'sent');
  await delivery(gina, 'nobody-there', 'failed');
  await gina.locator('#send-result[data-kind=warn]', { hasText: '1 of 2' }).waitFor();

  await gina.locator('[data-remove=hugo]').click();
  await write(gina, [], 'Only you?');
  await gina.locator('#send-result[data-kind=bad]', { hasText: 'Not delivered' }).waitFor();
  await screenshot(gina, 'user-failed');
  assertSound(gina, hugo);
});

for (const [way, option] of [['in CONNECT', 'auth'], ['with the event', 'event']]) {
  test(`a wrong token ${way} is explained, and a valid token then works`, async () => {
    const page = await openPage(browser, `${server.userUrl}/user.html`);
    await page.locator('#advanced > summary').click();
    await page.locator('#auth-by').selectOption(option);
    await page.locator('#token-details > summary').click();
    await page.locator('#token').fill('not.a.token');
    await page.locator('#connect-button:enabled').click();

    await page.locator('#status[data-state=refused]').waitFor();
    await page.locator('#connect-result', { hasText: 'does not accept this token' }).waitFor();
    assert.ok(!(await page.locator('#log').textContent()).includes('not.a.token'), 'the log hides tokens');
    await screenshot(page, `user-refused-${option}`);

    await page.locator('#token').fill('');
    await page.locator('#connect-button').click();
    await connected(page);
    assertSound(page);
  });
}

for (const transport of ['websocket', 'polling']) {
  test(`a page connects with ${transport} only`, async () => {
    const page = await openPage(browser, `${server.userUrl}/user.html`);
    await page.locator('#advanced > summary').click();
    await page.locator('#transports').selectOption(transport);
    await page.locator('#connect-button:enabled').click();
    await connected(page);
    await page.locator('#my-transport', { hasText: transport === 'websocket' ? 'WebSocket' : 'long-polling' }).waitFor();
    assertSound(page);
  });
}

/** The addresses that the server prints for users to open, in order. */
async function printedAddresses(server) {
  const addresses = () => [...server.log.matchAll(/https?:\/\/localhost:\d+\/\S*/g)].map(([address]) => address);
  for (const deadline = Date.now() + 30_000; addresses().length < 3 && Date.now() < deadline; ) await new Promise(setImmediate);
  return addresses();
}

test('the printed addresses open pages that work and link to each other', async () => {
  const [alice, bob, service, ...others] = await printedAddresses(server);
  assert.deepEqual(others, []);
  const users = [await openPage(browser, alice), await openPage(browser, bob)];
  await Promise.all(users.map(connected));
  const back = await openPage(browser, service);
  await back.locator('#connect-button:enabled').click();
  await connected(back);
  await befriend(back, 'alice', 'bob');
  await users[0].locator('#refresh').click();
  await friend(users[0], 'bob', 'online');

  // Each page links to the other one, at an address where the other one works.
  const follow = async (page, link) => {
    const [opened] = await Promise.all([page.context().waitForEvent('page'), page.locator(link).click()]);
    await opened.locator('#connect-button:enabled').click();
    await connected(opened);
    return opened;
  };
  assert.equal(new URL((await follow(users[0], '.service-link')).url()).port, new URL(service).port);
  assert.equal(new URL((await follow(back, '#user-link')).url()).port, new URL(alice).port);
  assertSound(...users, back);
});

for (const [width, height] of [[390, 844], [1440, 900]]) {
  for (const colorScheme of ['light', 'dark']) {
    test(`the pages fit ${width} pixels in ${colorScheme} colours, and fold completed parts`, async () => {
      const [alice, , service] = await printedAddresses(server);
      for (const [name, address] of [['user', alice], ['internal', service]]) {
        const page = await openPage(browser, address, async (page) => {
          await page.setViewportSize({ width, height });
          await page.emulateMedia({ colorScheme });
        });
        if (name === 'internal') {
          await page.locator('#connect-settings[open]').waitFor();
          await page.locator('#connect-button:enabled').click();
        }
        await connected(page);
        await page.locator('#connect-settings:not([open])').waitFor();
        const card = await page.locator('.connect').boundingBox();
        assert.ok(card.height < 300, `the Connect card is ${card.height} pixels high once connected`);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'no sideways scrolling');
        await screenshot(page, `${name}-${width}-${colorScheme}`);
        await page.locator('#connect-button').click();
        await page.locator('#connect-settings[open]').waitFor();
        assertSound(page);
      }
    });
  }
}

test('users who become friends while both are online see each other at once', async () => {
  const service = await openConnectedService();
  const [gus, hal] = [await openConnectedUser('gus'), await openConnectedUser('hal')];
  await befriend(service, 'gus', 'hal');

  await friend(gus, 'hal', 'online');
  await friend(hal, 'gus', 'online');
  await hal.locator('#connect-button').click();
  await friend(gus, 'hal', 'offline');
  await service.locator('#friend-a').fill('gus');
  await service.locator('#friend-b').fill('never-seen');
  await service.locator('#add-friend').click();
  await gus.locator('[data-testid=friends][data-user=never-seen][data-status=offline]', { hasText: 'offline' }).waitFor();
  await screenshot(gus, 'user-friend-added');
  assertSound(service, gus, hal);
});

test('a removed friend is shown as removed, and a disconnected friend as offline', async () => {
  const service = await openConnectedService();
  await befriend(service, 'olga', 'paul');
  await befriend(service, 'olga', 'quin');
  const [paul, quin] = [await openConnectedUser('paul'), await openConnectedUser('quin')];
  const olga = await openConnectedUser('olga');
  await friend(olga, 'paul', 'online');
  await friend(olga, 'quin', 'online');

  await service.locator('#friend-a').fill('olga');
  await service.locator('#friend-b').fill('paul');
  await service.locator('#remove-friend').click();
  await service.locator('#friend-result[data-kind=ok]', { hasText: 'not on the list' }).waitFor();
  await quin.locator('#connect-button').click();
  await friend(olga, 'quin', 'offline');
  await olga.locator('#refresh').click();

  await friend(olga, 'paul', 'removed');
  await friend(olga, 'quin', 'offline');
  await screenshot(olga, 'user-friend-removed');
  assertSound(service, olga, paul, quin);
});

test('lists that are not live say so, with their time', async () => {
  const rosa = await openConnectedUser('rosa');
  for (const [tab, panel, list] of [['tab-all', 'panel-all', 'all-users'], ['tab-detailed', 'panel-detailed', 'detailed-users']]) {
    await rosa.locator(`#${tab}`).click();
    await rosa.locator(`#${panel}`, { hasText: 'A snapshot, not live' }).waitFor();
    await rosa.locator(`#${list}-count`, { hasText: /online at \d\d:\d\d:\d\d/ }).waitFor();
  }
  assertSound(rosa);
});

test('a token is renewed before it expires, and the page shows it', async () => {
  const short = await startServer({ env: { JWT_EXPIRATION: '8s' } });
  try {
    const page = await openPage(browser, `${short.userUrl}/?user=sven`);
    await connected(page);
    await page.locator('#my-token', { hasText: 'ends at' }).waitFor();
    const socketId = await page.locator('#my-socket').textContent();
    await page.locator('#renewal[data-kind=ok]', { hasText: 'Renewed at' }).waitFor();
    await page.locator('[data-testid=log-entry][data-event=token_expiring]').nth(1).waitFor({ state: 'attached' }); // for the second token
    assert.equal(await page.locator('#my-socket').textContent(), socketId, 'the connection is the same');
    assertSound(page);
  } finally {
    await short.stop();
  }
});

test('the page asks a user with their own token for a fresh one', async () => {
  const own = await startServer({ args: [], env: { JWT_SECRET: SECRET, CORS_ORIGIN: '*' } });
  try {
    const page = await openPage(browser, `${server.userUrl}/user.html?server=${own.userUrl}`);
    await page.locator('#connect-result', { hasText: 'gives out no demo tokens' }).waitFor();
    await page.locator('#token').fill(token('tina', { exp: Math.floor(Date.now() / 1000) + 8 }));
    await page.locator('#connect-button:enabled').click();
    await connected(page);
    await page.locator('#renewal[data-kind=warn]', { hasText: 'Paste a fresh token' }).waitFor();
    await page.locator('#fresh-token').fill(token('tina', { exp: Math.floor(Date.now() / 1000) + 600 }));
    await page.locator('#renew').click();
    await page.locator('#renewal[data-kind=ok]', { hasText: 'Renewed at' }).waitFor();
    assertSound(page);
  } finally {
    await own.stop();
  }
});

test('a service ends the sessions of a user', async () => {
  const service = await openConnectedService();
  const uma = await openConnectedUser('uma');
  await service.locator('#revoke-id').fill('uma');
  await service.locator('#revoke-button').click();
  await service.locator('#revoke-result[data-kind=ok]', { hasText: '1 connection ended' }).waitFor();
  await uma.locator('#status[data-state=refused]').waitFor();
  await service.locator('#revoke-what').selectOption('sessionId');
  await service.locator('#revoke-session').fill('not-a-session');
  await service.locator('#revoke-button').click();
  await service.locator('#revoke-result[data-kind=ok]', { hasText: '0 connections ended' }).waitFor();
  await screenshot(service, 'internal-revoked');
  assertSound(service, uma);
});

for (const page of ['user', 'internal']) {
  test(`the ${page} page reports that a wrong address cannot be reached`, async () => {
    const [port] = await freePorts(1);
    const wrong = await openPage(browser, `${server.userUrl}/${page}.html?server=http://127.0.0.1:${port}`);
    if (page === 'user') {
      await wrong.locator('#connect-result[data-kind=bad]', { hasText: 'cannot be reached' }).waitFor();
      await wrong.locator('#token').fill('a.b.c');
    }
    await wrong.locator('#connect-button:enabled').click();
    await wrong.locator('#connect-result[data-kind=bad]', { hasText: `http://127.0.0.1:${port} cannot be reached (` }).waitFor();
    assertSound(wrong);
  });
}

test('without a bundle on the server the client comes from the CDN, and its integrity hash matches', async () => {
  const { address, bundle } = await cdnClient();
  const page = await openUser('ida', async (page) => {
    await page.route('**/socket.io/socket.io.js', (route) => route.fulfill({ status: 404 }));
    // Without the network: the CDN serves the same file as npm.
    await page.route(address, (route) =>
      route.fulfill({ contentType: 'application/javascript', headers: { 'access-control-allow-origin': '*' }, body: bundle }));
  });

  await connected(page);
  assert.equal(await page.locator('script[integrity]').count(), 1);
  assertSound(page);
});

test('the page reports that no client can be loaded', async () => {
  const page = await openUser('jan', async (page) => {
    await page.route(/socket\.io(\.min)?\.js$/, (route) => route.abort());
  });
  await page.locator('#connect-result[data-kind=bad]', { hasText: 'could not be loaded' }).waitFor();
  assert.ok(await page.locator('#connect-button').isDisabled());
  await screenshot(page, 'user-no-client');
});

/** The address of the public client in both pages, and the npm file with the same hash. */
async function cdnClient() {
  const named = await Promise.all(
    ['user.html', 'internal.html'].map(async (name) => {
      const html = await readFile(new URL(`../examples/${name}`, import.meta.url), 'utf8');
      return /src: '(?<address>https:[^']+\/(?<version>\d+\.\d+\.\d+)\/[^']+)'[^}]*integrity: 'sha384-(?<hash>[^']+)'/.exec(html).groups;
    }),
  );
  assert.deepEqual(named[0], named[1]);
  const { address, version, hash } = named[0];
  const dist = new URL('node_modules/socket.io-client-cdn/dist/socket.io.min.js', import.meta.url);
  const bundle = await readFile(dist).catch(() => {
    throw new Error(`${fileURLToPath(dist)} is missing: package.json needs "socket.io-client-cdn": "npm:socket.io-client@${version}"`);
  });
  assert.equal(createHash('sha384').update(bundle).digest('base64'), hash);
  return { address, bundle };
}

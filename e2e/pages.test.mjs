// The example pages, used as a person would use them: on one server, in a real browser.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connected, openPage, screenshot, startBrowser } from './support/browser.mjs';
import { startServer } from './support/server.mjs';

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

// What people do.

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

// What they see.

const friend = (page, name, status) => page.locator(`[data-testid=friends][data-user="${name}"][data-status=${status}]`).waitFor();
const message = (page, sender, text) => page.locator(`[data-testid=message][data-sender="${sender}"]`, { hasText: text }).waitFor();
const delivery = (scope, name, status) => scope.locator(`[data-testid=delivery][data-user="${name}"][data-status=${status}]`).waitFor();
const assertSound = (...pages) => assert.deepEqual(pages.flatMap((page) => page.failures), []);

// Each test has users of its own, as they share a server.

test('a stranger types a name, connects, and reads who they are', async () => {
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

test('friends see each other come and go', async () => {
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

test('a message of a service arrives at both users', async () => {
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

test('a recipient who is away is shown as failed', async () => {
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

for (const [way, option] of [['in CONNECT', 'auth'], ['by the event', 'event']]) {
  test(`a wrong token ${way} is explained, and a right one then works`, async () => {
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
  test(`a page connects by ${transport} only`, async () => {
    const page = await openPage(browser, `${server.userUrl}/user.html`);
    await page.locator('#advanced > summary').click();
    await page.locator('#transports').selectOption(transport);
    await page.locator('#connect-button:enabled').click();
    await connected(page);
    await page.locator('#my-transport', { hasText: transport === 'websocket' ? 'WebSocket' : 'long-polling' }).waitFor();
    assertSound(page);
  });
}

test('without a bundle on the server the client comes from the CDN, and its integrity hash fits', async () => {
  const { address, bundle } = await cdnClient();
  const page = await openUser('ida', async (page) => {
    await page.route('**/socket.io/socket.io.js', (route) => route.fulfill({ status: 404 }));
    // Never the network itself: the file that the CDN serves is the one that npm has.
    await page.route(address, (route) =>
      route.fulfill({ contentType: 'application/javascript', headers: { 'access-control-allow-origin': '*' }, body: bundle }));
  });

  await connected(page);
  assert.equal(await page.locator('script[integrity]').count(), 1);
  assertSound(page);
});

test('where no client can be loaded, the page says so', async () => {
  const page = await openUser('jan', async (page) => {
    await page.route(/socket\.io(\.min)?\.js$/, (route) => route.abort());
  });
  await page.locator('#connect-result[data-kind=bad]', { hasText: 'could not be loaded' }).waitFor();
  assert.ok(await page.locator('#connect-button').isDisabled());
  await screenshot(page, 'user-no-client');
});

/** What both pages name as public client, and the file of npm that has its hash. */
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

// Drives the example pages in Chromium.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const SCREENSHOTS = fileURLToPath(new URL('../target/screenshots', import.meta.url));
const TIMEOUT = 30_000;
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts the browser. Without a browser the tests fail, because skipped tests would look like passed ones.
 *
 * @param {string[]} [args] further arguments for the browser
 */
export async function startBrowser(args = []) {
  assert.ok(
    existsSync(EXECUTABLE),
    `no browser at ${EXECUTABLE}: install it (apt-get install --no-install-recommends chromium), or set CHROMIUM to its path`,
  );
  await mkdir(SCREENSHOTS, { recursive: true });
  return chromium.launch({ executablePath: EXECUTABLE, args: [...ARGS, ...args] });
}

/**
 * Opens a page in a new browser context, like another user on another device. `page.failures` collects the errors of its script.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {(page: import('playwright-core').Page) => Promise<void>} [prepare] called before the page loads
 */
export async function openPage(browser, url, prepare = async () => {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 } });
  context.setDefaultTimeout(TIMEOUT);
  const page = await context.newPage();
  page.failures = [];
  page.on('pageerror', (error) => page.failures.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy|integrity/i.test(message.text())) page.failures.push(message.text());
  });
  await prepare(page);
  await page.goto(url);
  return page;
}

/** Waits until a page shows that it is connected. */
export const connected = (page) => page.locator('#status[data-state=online]').waitFor();

export const screenshot = (page, name) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });

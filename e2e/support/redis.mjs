// Starts a Redis for a test, and stops it again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from './server.mjs';

const START_TIMEOUT = 20_000;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The redis-server on the PATH, or else the one that the Java tests unpacked. */
function executable() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const installed = folders.map((folder) => join(folder, 'redis-server')).find(existsSync);
  if (installed) return installed;
  for (const module of ['scarfall-presence', 'scarfall-gateway', 'scarfall-server']) {
    const folder = join(ROOT, module, 'target', 'redis');
    const bundled = existsSync(folder) ? readdirSync(folder).find((name) => name.startsWith('redis-server-')) : undefined;
    if (bundled) return join(folder, bundled);
  }
  throw new Error('no redis-server: put one on the PATH, or run the Java tests, which unpack one');
}

/**
 * Starts redis-server without persistence.
 *
 * @returns {Promise<{url: string, stop: () => Promise<void>}>}
 */
export async function startRedis() {
  const [port] = await freePorts(1);
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn(executable(), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'close').finally(() => process.off('exit', kill));
  const stop = async () => {
    kill();
    await ended.catch(() => {}); // the process never started
  };
  await new Promise((resolve, reject) => {
    const fail = (why) => {
      clearTimeout(timer);
      reject(new Error(`redis-server: ${why}`));
    };
    const timer = setTimeout(() => fail('not ready in time'), START_TIMEOUT);
    let log = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      log += text;
      if (log.includes('Ready to accept connections')) {
        clearTimeout(timer);
        resolve();
      }
    });
    ended.then(([code]) => fail(`ended with ${code}`), fail);
  }).catch(async (error) => {
    await stop();
    throw error;
  });
  return { url: `redis://127.0.0.1:${port}`, stop };
}

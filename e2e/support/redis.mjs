// Starts a Redis for a test, and stops it again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePorts } from './server.mjs';

const START_TIMEOUT = 20_000;

/**
 * Starts redis-server, which must be on the PATH, without files.
 *
 * @returns {Promise<{url: string, stop: () => Promise<void>}>}
 */
export async function startRedis() {
  const [port] = await freePorts(1);
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'close').finally(() => process.off('exit', kill));
  const stop = async () => {
    kill();
    await ended.catch(() => {}); // it never started
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

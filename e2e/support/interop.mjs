// Starts the test server of the protocol module from the classes that Maven compiled.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const TARGET = fileURLToPath(new URL('../../scarfall-protocol/target/', import.meta.url));

/**
 * Starts the server on a free port, and waits until it listens.
 *
 * @returns {Promise<{url: string, stop: () => Promise<void>}>}
 */
export async function startInteropServer() {
  const libraries = await readFile(join(TARGET, 'test-classpath.txt'), 'utf8').catch(() => {
    throw new Error(`${TARGET} has no compiled tests: build them first with mvn process-test-classes`);
  });
  const classPath = [join(TARGET, 'test-classes'), join(TARGET, 'classes'), libraries.trim()].join(delimiter);
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  // The server ends when its standard input closes, so also when this process dies.
  const child = spawn(java, ['-ea', '-cp', classPath, 'io.scarfall.socketio.InteropServer', '0'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const failed = ended.then(([code]) => {
    throw new Error(`the server ended (${code})`);
  });
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), failed]);
  failed.catch(() => {}); // from now on it may end
  return {
    url: `http://localhost:${/^ready on port (\d+)$/.exec(line)[1]}`,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

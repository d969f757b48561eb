// Starts the packaged server for a test, and stops it again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const JAR = fileURLToPath(new URL('../../scarfall-server/target/scarfall-server.jar', import.meta.url));
const CLIENT_DIR = fileURLToPath(new URL('../node_modules/socket.io-client/dist', import.meta.url));
const HOST = '127.0.0.1';
const START_TIMEOUT = 60_000;
const STOP_TIMEOUT = 60_000;

/** The log lines that the server writes when both gateways listen: their ports, then that it is ready. */
const READY = /gateway started .*users=\S+:(\d+) services=\S+:(\d+).*\bready mode=/s;

/** The environment variables that the server inherits. Settings in the environment of the tests do not reach it. */
const PASSED_ON = ['HOME', 'JAVA_HOME', 'JAVA_TOOL_OPTIONS', 'LANG', 'PATH', 'TMPDIR'];

const JAVA = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';

/** Short programs start faster without the second compiler and with one collector thread. */
const FAST_START = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
const inherited = Object.fromEntries(PASSED_ON.filter((name) => name in process.env).map((name) => [name, process.env[name]]));

/**
 * Runs the jar until it exits, for commands other than serving.
 *
 * @returns {Promise<{code: number, out: string, err: string}>}
 */
export async function runJar(args, env = {}) {
  const child = spawn(JAVA, [...FAST_START, '-jar', JAR, ...args], { env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT);
  const texts = ['', ''];
  [child.stdout, child.stderr].forEach((stream, i) => stream.setEncoding('utf8').on('data', (text) => (texts[i] += text)));
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  return { code, out: texts[0], err: texts[1] };
}

/**
 * Starts a server on free ports, by default in --dev mode, and waits until it is ready.
 *
 * @param {{args?: string[], env?: Record<string, string>, command?: string[]}} [options] arguments, and settings in addition to
 *     PORT, INTERNAL_PORT, LOG_DIR and CLIENT_DIR; an empty setting counts as not set; command runs java, for example a shell
 * @returns {Promise<{userUrl: string, internalUrl: string, pid: number, log: string, stop: (signal?: string) => Promise<number>}>}
 *     stop returns the exit code, or -1 if the server had to be killed
 */
export async function startServer({ args = ['--dev'], env = {}, command = [] } = {}) {
  await access(JAR).catch(() => {
    throw new Error(`${JAR} is missing: build it first with mvn package`);
  });
  const folder = await mkdtemp(join(tmpdir(), 'scarfall-e2e-'));
  const settings = {
    PORT: '0', // the server chooses, so that no other process can take the port before
    INTERNAL_PORT: '0',
    LOG_DIR: join(folder, 'logs'),
    CLIENT_DIR,
    ...env,
  };
  const [program, ...before] = [...command, JAVA];
  const child = spawn(program, [...before, ...FAST_START, '-jar', JAR, ...args], {
    cwd: folder,
    env: { ...inherited, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A test run that dies must not leave servers running.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'close').finally(() => process.off('exit', kill));

  let log = '';
  const stop = async (signal = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const timer = setTimeout(kill, STOP_TIMEOUT);
    const [code] = await ended.catch(() => [null]); // The process never started.
    clearTimeout(timer);
    await rm(folder, { recursive: true, force: true });
    return code ?? -1;
  };
  let ports;
  try {
    [, ...ports] = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the server was not ready in ${START_TIMEOUT} ms:\n${log}`)), START_TIMEOUT);
      const settle = (how, value) => {
        clearTimeout(timer);
        how(value);
      };
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8');
        stream.on('data', (text) => {
          log += text;
          const ready = log.match(READY);
          if (ready) settle(resolve, ready);
        });
      }
      ended.then(([code, signal]) => settle(reject, new Error(`the server ended (${signal ?? code}):\n${log}`)), (error) => settle(reject, error));
    });
  } catch (error) {
    await stop('SIGKILL');
    throw error;
  }
  return {
    userUrl: `http://${HOST}:${ports[0]}`,
    internalUrl: `http://${HOST}:${ports[1]}`,
    pid: child.pid,
    /** The output of the server so far. */
    get log() {
      return log;
    },
    stop,
  };
}

/** Ports that were free a moment ago. */
export async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, HOST);
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

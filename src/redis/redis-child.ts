// Runs one redis-server process on a folder of its own and waits until it answers.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sendOneCommand, type LocalServer } from './one-command.js';

/** What to run, where, and how patiently. */
export interface RedisChildOptions extends LocalServer {
  /** Path of redis-server or valkey-server. */
  readonly binary: string;
  /** Existing folder for the append-only file. */
  readonly dir: string;
  /** Whether it also listens on a socket in its folder (`socketPathOf`). */
  readonly withSocket?: boolean;
  /** How long it may stay silent; loading the append-only file takes as long as it takes. */
  readonly readyWithinMs?: number;
}

/** A server process that answered. */
export interface RedisChild {
  readonly pid: number;
  /** Resolves when the process is gone, with its last lines of output. */
  readonly exited: Promise<string>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

const PID_FILE = 'redis.pid';
const SOCKET = 'redis.sock';

/** Where the server started on this folder writes its process id. */
export function pidFileOf(dir: string): string {
  return join(dir, PID_FILE);
}

/** Where the server started on this folder listens beside its port. */
export function socketPathOf(dir: string): string {
  return resolve(dir, SOCKET);
}

/** Resolves once the server answers PING; throws with its last lines when it exits or is not ready in time. */
export async function startRedisChild(options: RedisChildOptions): Promise<RedisChild> {
  // Detached: Ctrl-C goes to the whole foreground group, and Redis must outlive the readers that are finishing.
  const child = spawn(options.binary, ['-'], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let lastOutput: string[] = [];
  const remember = (chunk: Buffer) => {
    lastOutput = [...lastOutput, ...chunk.toString('utf8').split('\n')].filter(Boolean).slice(-15);
  };
  child.stdout.on('data', remember);
  child.stderr.on('data', remember);
  const end = new AbortController();
  const exited = new Promise<string>((resolve) => {
    const finish = () => {
      end.abort();
      resolve(lastOutput.join('\n'));
    };
    child.once('close', finish);
    child.once('error', (error) => {
      lastOutput.push(String(error));
      finish();
    });
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(configuration(options));

  const patienceMs = options.readyWithinMs ?? 60_000;
  let deadline = performance.now() + patienceMs;
  const gone = () => end.signal.aborted;
  while (!gone() && performance.now() < deadline) {
    const reply = await sendOneCommand(options, 'PING', 1000).catch(() => '');
    if (reply === '+PONG' && child.pid !== undefined && !gone()) {
      return { pid: child.pid, exited, kill: (signal) => void child.kill(signal) };
    }
    if (reply.startsWith('-LOADING')) deadline = performance.now() + patienceMs;
    await Promise.race([exited, delay(10)]);
  }
  child.kill('SIGKILL');
  throw new Error(`The private Redis (${options.binary}) did not start:\n${await exited}`);
}

// Read from standard input, so that the password is neither on the command line nor in a file of Redis.
function configuration({ port, password, dir, withSocket }: RedisChildOptions): string {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${JSON.stringify(dir)}`,
    // It works in its folder by then.
    `pidfile ${PID_FILE}`,
    ...(withSocket === true ? [`unixsocket ${SOCKET}`, 'unixsocketperm 700'] : []),
    ...(password === undefined ? [] : [`requirepass ${password}`]),
    'appendonly yes',
    'appendfsync everysec',
    'no-appendfsync-on-rewrite no',
    'maxmemory-policy noeviction',
    'save ""',
    '',
  ].join('\n');
}

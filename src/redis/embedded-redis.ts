// Runs a private Redis under the data folder: started, watched, started again when it dies, stopped cleanly.
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { takeOwnership } from '../data-folder/data-ownership.js';
import { findFreePort, isPortFree } from './free-port.js';
import { provideRedisServer } from './install-redis.js';
import { sendOneCommand, type LocalServer } from './one-command.js';
import { endPreviousServer, readPrevious, remember } from './previous-server.js';
import { pidFileOf, socketPathOf, startRedisChild, type RedisChild } from './redis-child.js';

/** Where the server keeps its data, and how it may be had. */
export interface EmbeddedRedisOptions {
  /** The server's files go to `redis/` in it. */
  readonly dataDir: string;
  /** Whether a missing redis-server may be installed with the system's package manager. */
  readonly allowInstall: boolean;
  readonly log: Logger;
}

/** A private server that is kept running. */
export interface EmbeddedRedis {
  /** With the password of this run; good until `stop`, also over a crash of the server. */
  readonly url: string;
  /** The same server for processes of this machine, by a shorter way; undefined where its folder holds no sockets. */
  readonly socketPath: string | undefined;
  stop(): Promise<void>;
}

const STOP_WITHIN_MS = 8000;
/** `sun_path` without its end, where it is shortest. */
const LONGEST_SOCKET_PATH = 103;

/**
 * Resolves when the server answers. Throws when the folder belongs to another running process, when no server can be
 * had, or when it does not start. A server left over by a killed process is ended first, with its data kept.
 */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  const log = options.log.child({ room: 'redis' });
  const dir = join(options.dataDir, 'redis');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { path: binary } = await provideRedisServer({ allowInstall: options.allowInstall, log });
  const ownership = await takeOwnership(dir, 'Stop it, or set REDIS_URL so that both use one server.');
  try {
    const previous = await readPrevious(dir);
    await endPreviousServer(dir, previous, log);
    const server: LocalServer = {
      port:
        previous !== undefined && (await isPortFree(previous.port)) ? previous.port : await findFreePort(),
      password: randomBytes(24).toString('hex'),
    };
    // Before the start: a process killed right after it must leave the means to end its server.
    await remember(dir, server);
    const start = (withSocket: boolean) => startRedisChild({ ...server, binary, dir, withSocket });
    const first = await startWithSocket(start, socketPathOf(dir), log);
    const supervised = superviseRedis(first.child, () => start(first.socketPath !== undefined), server, log);
    log.info({ port: server.port, dir }, 'private Redis started');
    return {
      url: `redis://:${server.password ?? ''}@127.0.0.1:${server.port}`,
      socketPath: first.socketPath,
      stop: async () => {
        await supervised.stop();
        await rm(pidFileOf(dir), { force: true });
        await ownership.release();
      },
    };
  } catch (error) {
    await ownership.release();
    throw error;
  }
}

/** Some folders, shared with another system say, hold no sockets, and none has a longer address than that. */
async function startWithSocket(
  start: (withSocket: boolean) => Promise<RedisChild>,
  socketPath: string,
  log: Logger,
): Promise<{ readonly child: RedisChild; readonly socketPath: string | undefined }> {
  if (Buffer.byteLength(socketPath) <= LONGEST_SOCKET_PATH) {
    try {
      return { child: await start(true), socketPath };
    } catch (error) {
      log.debug({ err: error }, 'the private Redis did not start with a socket; trying without');
    }
  }
  return { child: await start(false), socketPath: undefined };
}

function superviseRedis(
  first: RedisChild,
  start: () => Promise<RedisChild>,
  server: LocalServer,
  log: Logger,
): { stop(): Promise<void> } {
  let child: RedisChild | undefined = first;
  const stopping = new AbortController();
  const stopped = () => stopping.signal.aborted;
  const watch = async () => {
    for (let failures = 0; ;) {
      const lastWords = child === undefined ? '' : await child.exited;
      if (stopped()) return;
      if (child !== undefined) log.error({ lastWords }, 'the private Redis died; starting it again');
      child = undefined;
      await delay(Math.min(50 * failures, 2000));
      if (stopped()) return;
      try {
        child = await start();
        if (stopped()) child.kill('SIGTERM');
        failures = 0;
        log.info('the private Redis runs again');
      } catch (error) {
        failures += 1;
        log.error({ err: error, failures }, 'the private Redis could not be started');
      }
    }
  };
  const watching = watch();
  return {
    stop: async () => {
      stopping.abort();
      // With an append-only file and no snapshots, SHUTDOWN writes and syncs what is left, then exits.
      await sendOneCommand(server, 'SHUTDOWN', STOP_WITHIN_MS).catch(() => undefined);
      const running = child;
      const deadline = setTimeout(() => running?.kill('SIGKILL'), STOP_WITHIN_MS);
      await watching;
      clearTimeout(deadline);
    },
  };
}

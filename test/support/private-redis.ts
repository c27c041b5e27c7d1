// A real Redis server for one test file: own port, own folder, append-only file, and it can be killed and started again.
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../src/redis/free-port.js';
import { findRedisServer } from '../../src/redis/find-redis-server.js';
import { onProcessEnd } from './on-process-end.js';
import { startRedisChild, type RedisChild } from '../../src/redis/redis-child.js';

export interface PrivateRedis {
  readonly url: string;
  readonly port: number;
  /** The folder of its append-only file. */
  readonly dir: string;
  /** Process id of the running server. */
  pid(): number;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Same port, same data; resolves when it answers. */
  restart(): Promise<void>;
}

/** Starts a Redis on a free port of 127.0.0.1 with AOF everysec and noeviction; with `password` it asks for one. */
export async function startPrivateRedis({ password }: { password?: string } = {}): Promise<PrivateRedis> {
  const server = await findRedisServer();
  if (server === undefined) throw new Error('The tests need redis-server 7+ (apt install redis-server).');
  const dir = await mkdtemp(join(tmpdir(), 'vigie-redis-'));
  const port = await findFreePort();
  const start = () => startRedisChild({ binary: server.path, dir, port, password });
  let child: RedisChild = await start();
  const keep = onProcessEnd(() => {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  });
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal);
    await child.exited;
  };
  return {
    url: `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`,
    port,
    dir,
    pid: () => child.pid,
    stop: async () => {
      keep();
      await end('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    },
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGKILL');
      child = await start();
    },
  };
}

// The connections to Redis through kills, hangs and wrong settings.
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { connectRedis } from '../../src/redis/connect.js';
import { findFreePort } from '../../src/redis/free-port.js';
import { eventually } from '../support/eventually.js';
import { startPrivateRedis } from '../support/private-redis.js';
import { openRedisRoom, silent, type RedisRoom } from '../support/redis-room.js';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(): Promise<RedisRoom> {
  const room = await openRedisRoom();
  cleanups.push(() => room.close());
  return room;
}

function collectLog() {
  const lines: string[] = [];
  return { lines, log: pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }) };
}

async function rejectionOf(promise: Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  const start = performance.now();
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, ms: performance.now() - start };
}

describe('a killed Redis', () => {
  it('is noticed at once, fails commands at once and is back without help', async () => {
    const { server, redis } = await open();
    const changes: boolean[] = [];
    redis.onChange((ready) => changes.push(ready));
    await redis.commands.set('kept', 'yes');
    expect(redis.ready()).toBe(true);

    await server.kill();
    await eventually(() => !redis.ready(), { timeoutMs: 10_000 });
    const { error, ms } = await rejectionOf(redis.commands.get('kept'));
    expect(error).toBeInstanceOf(Error);
    // Promised is less than a second; waiting for a connection would take longer.
    expect(ms).toBeLessThan(1000);

    await server.restart();
    await eventually(() => redis.ready(), { timeoutMs: 10_000 });
    expect(await redis.commands.get('kept')).toBe('yes');
    expect(changes).toEqual([false, true]);
  });

  it('is reported once, not once an attempt', async () => {
    const { lines, log } = collectLog();
    const server = await startPrivateRedis();
    cleanups.push(() => server.stop());
    const redis = await connectRedis({ url: server.url, log });
    cleanups.push(() => redis.close());
    let attempts = 0;
    redis.commands.on('error', () => (attempts += 1));
    await server.kill();
    await eventually(() => attempts > 4);
    await server.restart();
    await eventually(() => redis.ready());
    expect(lines.filter((line) => line.includes('Redis is away'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('Redis is back'))).toHaveLength(1);
  });

  it('is waited for by a blocking connection', async () => {
    const { server, redis } = await open();
    const reader = await redis.blocking('reader');
    await server.kill();
    await eventually(() => !reader.isReady);
    // A server that still loads its data says so, and readers ask again.
    const ping = (): Promise<string> =>
      reader.ping().catch((error: unknown) => {
        if (error instanceof Error && error.message.startsWith('LOADING')) return ping();
        throw error;
      });
    const answer = ping();
    await server.restart();
    expect(await answer).toBe('PONG');
    reader.destroy();
  });
});

describe('a Redis that hangs', () => {
  it('is noticed, waiting commands are rejected, and it is used again when it wakes', async () => {
    const { server, redis } = await open();
    const reader = await redis.blocking('reader');
    process.kill(server.pid(), 'SIGSTOP');
    try {
      const waiting = rejectionOf(redis.commands.get('key'));
      const blocked = rejectionOf(reader.get('key'));
      // Nothing but the watch ends this: on its own the command would wait for as long as the server hangs.
      await eventually(() => !redis.ready(), { timeoutMs: 10_000 });
      expect((await waiting).error).toBeInstanceOf(Error);
      expect((await blocked).error).toBeInstanceOf(Error);
      expect((await rejectionOf(redis.commands.get('key'))).ms).toBeLessThan(1000);
    } finally {
      process.kill(server.pid(), 'SIGCONT');
    }
    await eventually(() => redis.ready(), { timeoutMs: 10_000 });
    expect(await redis.commands.ping()).toBe('PONG');
    expect(await reader.ping()).toBe('PONG');
    reader.destroy();
  });
});

describe('a Redis that refuses writes', () => {
  it('is not ready while it is a replica', async () => {
    const { server, redis } = await open();
    const side = await connectRedis({ url: server.url, log: silent });
    cleanups.push(() => side.close());
    await side.commands.sendCommand(['REPLICAOF', '127.0.0.1', String(await findFreePort())]);
    await eventually(() => !redis.ready(), { timeoutMs: 10_000 });
    await eventually(() => side.commands.sendCommand(['REPLICAOF', 'NO', 'ONE']));
    await eventually(() => redis.ready(), { timeoutMs: 10_000 });
    expect(await redis.commands.set('key', 'value')).toBe('OK');
  });

  it('is not ready while it cannot save', async () => {
    const { server, redis } = await open();
    const obstacle = join(server.dir, 'dump.rdb');
    await mkdir(obstacle);
    await redis.commands.configSet('save', '3600 1000');
    await redis.commands.sendCommand(['BGSAVE']);
    await eventually(() => !redis.ready(), { timeoutMs: 10_000 });
    await rmdir(obstacle);
    await redis.commands.sendCommand(['BGSAVE']);
    await eventually(() => redis.ready(), { timeoutMs: 10_000 });
    expect(await redis.commands.set('key', 'value')).toBe('OK');
  });
});

describe('connecting', () => {
  it('waits for a Redis that is not there yet', async () => {
    const server = await startPrivateRedis();
    cleanups.push(() => server.stop());
    await server.kill();
    const connecting = connectRedis({ url: server.url, log: silent });
    await server.restart();
    const redis = await connecting;
    cleanups.push(() => redis.close());
    expect(redis.ready()).toBe(true);
  });

  it('gives up after the time it was given, naming the address', async () => {
    const url = `redis://127.0.0.1:${await findFreePort()}`;
    const { error } = await rejectionOf(connectRedis({ url, log: silent, firstAnswerWithinMs: 300 }));
    expect(String(error)).toContain(url.slice('redis://'.length));
  });

  it('never shows a password', async () => {
    const { lines, log } = collectLog();
    const server = await startPrivateRedis({ password: 'right-secret' });
    cleanups.push(() => server.stop());
    const wrong = server.url.replace('right-secret', 'wrong-secret');
    const refused = await rejectionOf(connectRedis({ url: wrong, log }));
    expect(String(refused.error)).toContain('WRONGPASS');
    const unreadable = await rejectionOf(connectRedis({ url: 'redis://:wrong-secret@host:port', log }));
    expect(unreadable.error).toBeInstanceOf(Error);
    const redis = await connectRedis({ url: server.url, log });
    cleanups.push(() => redis.close());
    await redis.commands.configSet('maxmemory-policy', 'allkeys-lru');
    const second = await connectRedis({ url: server.url, log });
    cleanups.push(() => second.close());
    await server.kill();
    await eventually(() => !second.ready());
    const errors = [refused.error, unreadable.error].map((error) => JSON.stringify(error) + String(error));
    expect([...lines, ...errors].join('\n')).not.toMatch(/(right|wrong)-secret/);
    expect(lines.join('\n')).toContain('maxmemory-policy noeviction');
  });

  it('is not ready while the append-only file is loaded', async () => {
    const { server, redis } = await open();
    // A kill may take what is not written yet, and this is about loading.
    await redis.commands.sendCommand(['CONFIG', 'SET', 'appendfsync', 'always']);
    const value = 'x'.repeat(1000);
    for (let batch = 0; batch < 100; batch += 1) {
      await Promise.all(Array.from({ length: 1000 }, (_, i) => redis.commands.set(`k:${batch}:${i}`, value)));
    }
    await server.kill();
    await eventually(() => !redis.ready());
    const answersWhenReady: Promise<string | null>[] = [];
    redis.onChange((ready) => {
      if (ready) answersWhenReady.push(redis.commands.get('k:99:999'));
    });
    await server.restart();
    await eventually(() => redis.ready());
    expect(await Promise.all(answersWhenReady)).toEqual([value]);
  });
});

// A group reader with more to read than it can hand over: it reads on meanwhile, in order and within bounds.
import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonCodec } from '../../src/events/codec.js';
import { startGroupReader } from '../../src/events/group-reader.js';
import { createMetrics } from '../../src/metrics.js';
import { eventually } from '../support/eventually.js';
import { openRedisRoom, silent, type RedisRoom } from '../support/redis-room.js';

const codec = jsonCodec(z.object({ n: z.number(), rows: z.number() }));
let room: RedisRoom;
beforeAll(async () => {
  room = await openRedisRoom();
});
afterAll(() => room.close());

const add = async (stream: string, rows: readonly number[]) => {
  for (const [n, count] of rows.entries())
    await room.redis.commands.xAdd(stream, '*', { e: JSON.stringify({ n, rows: count }) });
};
const pendingOf = async (stream: string) => (await room.redis.commands.xPending(stream, 'recorder')).pending;
const options = { group: 'recorder', consumer: 'one', codec, log: silent };

it('reads one further lot while one is handled, no more, and keeps the order', async () => {
  const stream = 'ahead:{iris}:predictions';
  await add(
    stream,
    Array.from({ length: 45 }, () => 1),
  );
  const gate = new EventEmitter();
  const seen: number[] = [];
  let refusals = 2;
  const reader = await startGroupReader({
    ...options,
    redis: room.redis,
    streams: [stream],
    maxEntries: 10,
    metrics: createMetrics(),
    onEntries: async (entries) => {
      if (seen.length === 0) await once(gate, 'open');
      if (refusals-- > 0) throw new Error('the database is away');
      seen.push(...entries.map(({ value }) => value.n));
    },
  });
  await eventually(async () => (await pendingOf(stream)) === 20);
  gate.emit('open');
  await eventually(() => gate.listenerCount('open') > 0);
  expect(await pendingOf(stream)).toBe(20);
  await eventually(() => {
    gate.emit('open');
    return seen.length === 45;
  });
  expect(seen).toEqual(Array.from({ length: 45 }, (_, n) => n));
  await eventually(async () => (await pendingOf(stream)) === 0);
  await reader.stop();
});

it('hands over no further entry with those that have rows enough, and a large one by itself', async () => {
  const stream = 'weighed:{iris}:predictions';
  const rows = [1, 1, 1000, 3, 3, 3, 3, 10, 1, 1, 1, 1, 1, 1];
  await add(stream, rows);
  const calls: number[][] = [];
  const reader = await startGroupReader({
    ...options,
    redis: room.redis,
    streams: [stream],
    maxEntries: 5,
    weight: { rowsIn: (value) => value.rows, maxRows: 10 },
    metrics: createMetrics(),
    onEntries: (entries) => {
      calls.push(entries.map(({ value }) => value.rows));
      return Promise.resolve();
    },
  });
  await eventually(async () => calls.flat().length === rows.length && (await pendingOf(stream)) === 0);
  expect(calls.flat()).toEqual(rows);
  for (const call of calls) {
    expect(call.length).toBeLessThanOrEqual(5);
    expect(call.slice(0, -1).reduce((sum, count) => sum + count, 0)).toBeLessThan(10);
  }
  await reader.stop();
});

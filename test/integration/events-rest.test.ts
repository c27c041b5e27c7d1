// Readers that rest: what comes meanwhile is taken together, and a rest holds up nobody who stops.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonCodec } from '../../src/events/codec.js';
import { startGroupReader } from '../../src/events/group-reader.js';
import { startTailReader } from '../../src/events/tail-reader.js';
import { createMetrics } from '../../src/metrics.js';
import { eventually } from '../support/eventually.js';
import { openRedisRoom, silent, type RedisRoom } from '../support/redis-room.js';

const codec = jsonCodec(z.number());
let room: RedisRoom;
beforeAll(async () => {
  room = await openRedisRoom();
});
afterAll(() => room.close());

type Read = (numbers: readonly number[]) => void;

const READERS = {
  group: (stream: string, restMs: number, read: Read) =>
    startGroupReader({
      ...common(restMs),
      streams: [stream],
      group: 'recorder',
      consumer: 'one',
      onEntries: (entries) => {
        read(entries.map(({ value }) => value));
        return Promise.resolve();
      },
    }),
  tail: (stream: string, restMs: number, read: Read) =>
    startTailReader({
      ...common(restMs),
      from: { [stream]: '$' },
      onEntries: (entries) => read(entries.map(({ value }) => value)),
    }),
};
const common = (restMs: number) => ({
  redis: room.redis,
  codec,
  maxEntries: 100,
  restMs,
  log: silent,
  metrics: createMetrics(),
});

it.each(['group', 'tail'] as const)(
  'a %s reader reads the first at once, then all of a rest',
  async (kind) => {
    const stream = `rest-${kind}:{iris}:predictions`;
    const calls: (readonly number[])[] = [];
    const add = (n: number) => room.redis.commands.xAdd(stream, '*', { e: String(n) });
    const reader = await READERS[kind](stream, 2000, (numbers) => calls.push(numbers));
    await add(0);
    await eventually(() => calls.length === 1);
    for (let n = 1; n < 6; n += 1) await add(n);
    await eventually(() => calls.flat().length === 6);
    expect(calls).toEqual([[0], [1, 2, 3, 4, 5]]);
    await reader.stop();
  },
);

it.each(['group', 'tail'] as const)('a %s reader stops although it rests', async (kind) => {
  const stream = `rest-stop-${kind}:{iris}:predictions`;
  const calls: (readonly number[])[] = [];
  const reader = await READERS[kind](stream, 3_600_000, (numbers) => calls.push(numbers));
  await room.redis.commands.xAdd(stream, '*', { e: '0' });
  await eventually(() => calls.length === 1);
  await reader.stop();
});

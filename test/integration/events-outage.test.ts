// Events through a killed Redis: what was acknowledged is there, once, and readers go on where they stood.
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonCodec } from '../../src/events/codec.js';
import { createEventWriter, type EventWriter } from '../../src/events/event-writer.js';
import { startGroupReader } from '../../src/events/group-reader.js';
import { startTailReader } from '../../src/events/tail-reader.js';
import { createMetrics } from '../../src/metrics.js';
import { createKeys } from '../../src/redis/keys.js';
import { eventually } from '../support/eventually.js';
import { openRedisRoom, silent, type RedisRoom } from '../support/redis-room.js';

const schema = z.object({ n: z.number() });
const codec = jsonCodec(schema);
const entry = (n: number) => codec.encode({ n });
const keys = createKeys().model('iris');
const stream = keys.predictions;
let room: RedisRoom;
let writer: EventWriter;
const cleanups: (() => Promise<void>)[] = [];

beforeEach(async () => {
  room = await openRedisRoom();
  writer = createEventWriter({ redis: room.redis, log: silent, now: Date.now });
  cleanups.push(
    () => room.close(),
    () => writer.stop(),
  );
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function stored(): Promise<number[]> {
  const entries = (await room.redis.commands.xRange(stream, '-', '+')) ?? [];
  return entries.map(({ message }) => schema.parse(JSON.parse(message['e'] ?? '')).n);
}

async function tail(): Promise<number[]> {
  const seen: number[] = [];
  const reader = await startTailReader({
    metrics: createMetrics(),
    redis: room.redis,
    from: { [stream]: '$' },
    codec,
    onEntries: (entries) => void seen.push(...entries.map(({ value }) => value.n)),
    maxEntries: 50,
    log: silent,
  });
  cleanups.push(() => reader.stop());
  return seen;
}

async function group(): Promise<number[]> {
  const seen: number[] = [];
  const reader = await startGroupReader({
    redis: room.redis,
    streams: [stream],
    group: 'recorder',
    consumer: 'one',
    codec,
    onEntries: (entries) => Promise.resolve(void seen.push(...entries.map(({ value }) => value.n))),
    maxEntries: 50,
    log: silent,
    metrics: createMetrics(),
  });
  cleanups.push(() => reader.stop());
  return seen;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

const once = (key: string) => ({ key, againWithinMs: 60_000 });

/** Appends 0, 1, 2 ... until told to stop, each again until it is acknowledged, four at a time. */
function pour(): () => Promise<number> {
  let on = true;
  let next = 0;
  let acknowledged = 0;
  const lane = async () => {
    while (on) {
      const n = next;
      next += 1;
      await eventually(
        async () => {
          await writer.appendOnce(stream, once(keys.once(String(n))), entry(n));
          return true;
        },
        { everyMs: 5 },
      );
      acknowledged += 1;
    }
  };
  const lanes = Promise.all(range(1, 4).map(lane));
  return async () => {
    on = false;
    await lanes;
    return acknowledged;
  };
}

describe('a Redis killed under load and started again', () => {
  it('has every acknowledged entry once; group and tail miss none, the tail repeats none', async () => {
    const [byTail, byGroup] = [await tail(), await group()];
    const stop = pour();
    for (let round = 0; round < 3; round += 1) {
      const before = byTail.length;
      await eventually(() => byTail.length > before + 200);
      await room.server.kill();
      await eventually(() => !room.redis.ready(), { timeoutMs: 5000 });
      await room.server.restart();
      await eventually(() => room.redis.ready(), { timeoutMs: 10_000 });
    }
    const before = byTail.length;
    await eventually(() => byTail.length > before + 200);
    const count = await stop();

    const all = await stored();
    expect([...all].sort((a, b) => a - b)).toEqual(range(0, count - 1));
    await eventually(() => byTail.length >= count && new Set(byGroup).size >= count);
    expect(byTail).toEqual(all);
    expect([...new Set(byGroup)].sort((a, b) => a - b)).toEqual(range(0, count - 1));
  });

  it('rejects appends at once while it is away', async () => {
    await writer.append(stream, entry(0));
    await room.server.kill();
    await eventually(() => !room.redis.ready(), { timeoutMs: 5000 });
    const begun = performance.now();
    await expect(writer.append(stream, entry(1))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(performance.now() - begun).toBeLessThan(1000);
    await room.server.restart();
    await eventually(() => writer.append(stream, entry(2)).then(() => true));
    expect(await stored()).toEqual([0, 2]);
  });
});

describe('a Redis that lost its last entries', () => {
  it('gets them again under their ids, so that not even a tail that had seen them notices', async () => {
    const byTail = await tail();
    for (const n of range(1, 5)) await writer.appendOnce(stream, once(keys.once(String(n))), entry(n));
    const files = join(room.server.dir, 'appendonlydir');
    const older = join(room.server.dir, 'older');
    await cp(files, older, { recursive: true });
    for (const n of range(6, 9)) await writer.appendOnce(stream, once(keys.once(String(n))), entry(n));
    await writer.append(stream, entry(10));
    await eventually(() => byTail.length === 10);
    const ids = (await room.redis.commands.xRange(stream, '-', '+'))?.map(({ id }) => id);

    await room.server.kill();
    await rm(files, { recursive: true });
    await cp(older, files, { recursive: true });
    await room.server.restart();
    await eventually(async () => (await stored()).length === 10);
    expect((await room.redis.commands.xRange(stream, '-', '+'))?.map(({ id }) => id)).toEqual(ids);

    await writer.append(stream, entry(11));
    await eventually(() => byTail.includes(11));
    expect(byTail).toEqual(range(1, 11));
    expect(await stored()).toEqual(range(1, 11));
    expect(await writer.appendOnce(stream, once(keys.once('7')), entry(7))).toBe(false);
  });

  it('gets them again also when another writer was quicker', async () => {
    for (const n of range(1, 3)) await writer.append(stream, entry(n));
    await room.server.kill();
    await rm(join(room.server.dir, 'appendonlydir'), { recursive: true });
    const other = createEventWriter({ redis: room.redis, log: silent, now: Date.now });
    cleanups.push(() => other.stop());
    await room.server.restart();
    await eventually(() => other.append(stream, entry(99)).then(() => true));
    await eventually(async () => (await stored()).length === 4);
    expect((await stored()).sort((a, b) => a - b)).toEqual([1, 2, 3, 99]);
  });
});

describe('appending', () => {
  it('once means once, also when tried at the same moment', async () => {
    const attempts = range(1, 10).map(() => writer.appendOnce(stream, once(keys.once('batch')), entry(1)));
    expect((await Promise.all(attempts)).filter(Boolean)).toHaveLength(1);
    expect(await stored()).toEqual([1]);
  });

  it('keeps a stream near its cap', async () => {
    const capped = createEventWriter({ redis: room.redis, log: silent, now: Date.now, maxEntries: 100 });
    cleanups.push(() => capped.stop());
    for (const n of range(1, 1000)) await capped.append(stream, entry(n));
    expect(await room.redis.commands.xLen(stream)).toBeLessThan(300);
  });
});

describe('a tail', () => {
  it('starts behind the last entry, or where it is told, and sees entries in order', async () => {
    await writer.append(stream, entry(1));
    await writer.append(stream, entry(2));
    const fromNow = await tail();
    const fromStart: number[] = [];
    const unreadable: string[] = [];
    const metrics = createMetrics();
    const reader = await startTailReader({
      redis: room.redis,
      from: { [stream]: '0' },
      codec,
      onEntries: async (entries) => {
        await Promise.resolve();
        fromStart.push(...entries.map(({ value }) => value.n));
      },
      maxEntries: 3,
      log: silent,
      metrics,
      onUnreadable: ({ event }, reason) => unreadable.push(`${String(event?.[1])} ${reason}`),
    });
    cleanups.push(() => reader.stop());
    await room.redis.commands.xAdd(stream, '*', { e: 'broken' });
    for (const n of range(3, 20)) await writer.append(stream, entry(n));
    await eventually(() => fromStart.length === 20 && fromNow.length === 18);
    expect(fromStart).toEqual(range(1, 20));
    expect(fromNow).toEqual(range(3, 20));
    expect(unreadable).toEqual(['broken not JSON']);
    expect(await metrics.registry.getSingleMetricAsString('vigie_stream_unreadable_total')).toContain(
      '{stream="predictions",model="iris"} 1',
    );
  });

  it('decodes nothing while nobody wants it, and the first entry that comes after somebody does', async () => {
    let isWanted = false;
    let asked = 0;
    const decoded: number[] = [];
    const seen: number[] = [];
    const reader = await startTailReader({
      metrics: createMetrics(),
      redis: room.redis,
      from: { [stream]: '$' },
      codec: {
        decode: (event) => {
          const answer = codec.decode(event);
          if (answer.ok) decoded.push(answer.value.n);
          return answer;
        },
      },
      wanted: () => {
        asked += 1;
        return isWanted;
      },
      onEntries: (entries) => void seen.push(...entries.map(({ value }) => value.n)),
      // One at a time, so that it is asked once for each.
      maxEntries: 1,
      log: silent,
    });
    cleanups.push(() => reader.stop());
    for (const n of range(1, 10)) await writer.append(stream, entry(n));
    await eventually(() => asked === 10);
    isWanted = true;
    await writer.append(stream, entry(11));
    await eventually(() => asked === 11);
    isWanted = false;
    for (const n of range(12, 20)) await writer.append(stream, entry(n));
    await eventually(() => asked === 20);
    isWanted = true;
    await writer.append(stream, entry(21));
    await eventually(() => seen.length === 2);
    expect(seen).toEqual([11, 21]);
    expect(decoded).toEqual([11, 21]);
  });

  it('offers entries again when they were not taken', async () => {
    const seen: number[] = [];
    let refusals = 0;
    const reader = await startTailReader({
      metrics: createMetrics(),
      redis: room.redis,
      from: { [stream]: '$' },
      codec,
      onEntries: (entries) => {
        refusals += 1;
        if (refusals < 3) throw new Error('not yet');
        seen.push(...entries.map(({ value }) => value.n));
      },
      maxEntries: 10,
      log: silent,
    });
    cleanups.push(() => reader.stop());
    await writer.append(stream, entry(1));
    await eventually(() => seen.length > 0);
    await writer.append(stream, entry(2));
    await eventually(() => seen.length === 2);
    expect(seen).toEqual([1, 2]);
  });
});

// The group reader: at least once, in order, past bad entries, failing handlers and dead consumers.
import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonCodec } from '../../src/events/codec.js';
import { startGroupReader, type GroupReaderOptions } from '../../src/events/group-reader.js';
import { createMetrics } from '../../src/metrics.js';
import { parkedStreamOf } from '../../src/redis/keys.js';
import { eventually } from '../support/eventually.js';
import { openRedisRoom, silent, type RedisRoom } from '../support/redis-room.js';

const codec = jsonCodec(z.object({ n: z.number() }));
let room: RedisRoom;
let streams = 0;
beforeAll(async () => {
  room = await openRedisRoom();
});
afterAll(() => room.close());

const freshStream = () => `t${(streams += 1)}:{iris}:predictions`;
const add = (stream: string, payload: unknown) =>
  room.redis.commands.xAdd(stream, '*', {
    e: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
const addNumbers = async (stream: string, from: number, to: number) => {
  for (let n = from; n <= to; n += 1) await add(stream, { n });
};
const pendingOf = async (stream: string) => (await room.redis.commands.xPending(stream, 'recorder')).pending;

function start(stream: string, options: Partial<GroupReaderOptions<{ n: number }>> = {}) {
  const seen: number[] = [];
  const metrics = createMetrics();
  const reader = startGroupReader({
    redis: room.redis,
    streams: [stream],
    group: 'recorder',
    consumer: 'one',
    codec,
    maxEntries: 10,
    log: silent,
    metrics,
    onEntries: (entries) => {
      seen.push(...entries.map(({ value }) => value.n));
      return Promise.resolve();
    },
    ...options,
  });
  return { seen, metrics, reader };
}

describe('a group reader', () => {
  it('reads several streams from their first entries, old and new, and acknowledges', async () => {
    const [a, b] = [freshStream(), freshStream()];
    await addNumbers(a, 1, 25);
    const { seen, reader } = start(a, { streams: [a, b] });
    const running = await reader;
    await addNumbers(b, 26, 30);
    await eventually(() => seen.length === 30);
    expect([...seen].sort((x, y) => x - y)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    await eventually(async () => (await pendingOf(a)) + (await pendingOf(b)) === 0);
    await running.stop();
  });

  it('offers entries again, in order and before newer ones, until the handler takes them', async () => {
    const stream = freshStream();
    await addNumbers(stream, 1, 5);
    const taken: number[] = [];
    let refusals = 0;
    const { reader } = start(stream, {
      onEntries: async (entries) => {
        if (refusals < 3) {
          refusals += 1;
          await add(stream, { n: 5 + refusals });
          throw new Error('the database is away');
        }
        taken.push(...entries.map(({ value }) => value.n));
      },
    });
    const running = await reader;
    await eventually(() => taken.length === 8);
    expect(taken).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await eventually(async () => (await pendingOf(stream)) === 0);
    await running.stop();
  });

  it('starts with what it was given before a crash', async () => {
    const stream = freshStream();
    await addNumbers(stream, 1, 3);
    await room.redis.commands.xGroupCreate(stream, 'recorder', '0');
    await room.redis.commands.xReadGroup('recorder', 'one', { key: stream, id: '>' }, { COUNT: 2 });
    const { seen, reader } = start(stream);
    const running = await reader;
    await eventually(() => seen.length === 3);
    expect(seen).toEqual([1, 2, 3]);
    await running.stop();
  });

  it('takes over what a dead consumer left', async () => {
    const stream = freshStream();
    await addNumbers(stream, 1, 30);
    await room.redis.commands.xGroupCreate(stream, 'recorder', '0');
    await room.redis.commands.xReadGroup('recorder', 'dead', { key: stream, id: '>' }, { COUNT: 25 });
    const { seen, reader } = start(stream, { claimAfterMs: 200 });
    const running = await reader;
    await eventually(() => seen.length === 30);
    expect(new Set(seen).size).toBe(30);
    await eventually(async () => (await pendingOf(stream)) === 0);
    await running.stop();
  });

  it('leaves entries to a consumer that still tries, however long that takes', async () => {
    const stream = freshStream();
    await addNumbers(stream, 1, 3);
    let giveIn = false;
    let attempts = 0;
    const busy = start(stream, {
      claimAfterMs: 1500,
      onEntries: () => {
        attempts += 1;
        return giveIn ? Promise.resolve() : Promise.reject(new Error('not yet'));
      },
    });
    const first = await busy.reader;
    await eventually(() => attempts > 0);
    const idle = start(stream, { consumer: 'two', claimAfterMs: 1500 });
    const second = await idle.reader;
    // Five attempts take 1.5 s: long enough for the other to claim if they did not count as work.
    await eventually(() => attempts > 5);
    giveIn = true;
    await eventually(async () => (await pendingOf(stream)) === 0);
    expect(idle.seen).toEqual([]);
    await Promise.all([first.stop(), second.stop()]);
  });

  it('parks entries it cannot read, counts them and goes on', async () => {
    const stream = freshStream();
    await add(stream, { n: 1 });
    await add(stream, 'not json');
    await add(stream, { n: 'two' });
    await room.redis.commands.xAdd(stream, '*', { other: 'field' });
    await add(stream, { n: 2 });
    const { seen, metrics, reader } = start(stream);
    const running = await reader;
    await eventually(() => seen.length === 2);
    const parked = await room.redis.commands.xRange(parkedStreamOf(stream), '-', '+');
    expect(parked?.map(({ message }) => message['e'])).toEqual(['not json', '{"n":"two"}', '']);
    expect(await metrics.registry.getSingleMetricAsString('vigie_stream_parked_total')).toContain(
      '{stream="predictions",model="iris",group="recorder"} 3',
    );
    await eventually(async () => (await pendingOf(stream)) === 0);
    await running.stop();
  });

  it('goes on when entries were removed between delivery and handling', async () => {
    const stream = freshStream();
    await addNumbers(stream, 1, 3);
    await room.redis.commands.xGroupCreate(stream, 'recorder', '0');
    await room.redis.commands.xReadGroup('recorder', 'one', { key: stream, id: '>' }, { COUNT: 2 });
    await room.redis.commands.xTrim(stream, 'MAXLEN', 1);
    const { seen, reader } = start(stream);
    const running = await reader;
    await eventually(() => seen.length === 1);
    await eventually(async () => (await pendingOf(stream)) === 0);
    expect(seen).toEqual([3]);
    await running.stop();
  });

  it('makes its group again when the stream is gone', async () => {
    const stream = freshStream();
    const { seen, reader } = start(stream);
    const running = await reader;
    await add(stream, { n: 1 });
    await eventually(() => seen.length === 1);
    await room.redis.commands.del(stream);
    await add(stream, { n: 2 });
    await eventually(() => seen.includes(2));
    await running.stop();
  });

  it('lets the running call finish when stopped, and acknowledges it', async () => {
    const stream = freshStream();
    const gate = new EventEmitter();
    let entered = false;
    const { reader } = start(stream, {
      onEntries: async () => {
        entered = true;
        await once(gate, 'open');
      },
    });
    const running = await reader;
    await add(stream, { n: 1 });
    await eventually(() => entered);
    const stopping = running.stop();
    gate.emit('open');
    await stopping;
    expect(await pendingOf(stream)).toBe(0);
  });
});

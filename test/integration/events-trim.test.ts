// Trimming removes what every group has read, never more, and says how far each is behind.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesOfRead } from '../../src/events/read-entries.js';
import { askForBytes } from '../../src/redis/ask-for-bytes.js';
import { lostUnread } from '../../src/events/stream-position.js';
import { readStreamState } from '../../src/events/stream-state.js';
import { startTrimmer } from '../../src/events/trim-streams.js';
import { createMetrics, type Metrics } from '../../src/metrics.js';
import { eventually } from '../support/eventually.js';
import { openRedisRoom, silent, type RedisRoom } from '../support/redis-room.js';

let room: RedisRoom;
let streams = 0;
beforeAll(async () => {
  room = await openRedisRoom();
  // Trimming removes whole nodes of a stream; nodes of one entry make it exact.
  await room.redis.commands.configSet('stream-node-max-entries', '1');
});
afterAll(() => room.close());

const freshStream = () => `t${(streams += 1)}:{iris}:predictions`;
const id = (n: number) => `${n}-0`;

async function fill(stream: string, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n += 1) await room.redis.commands.xAdd(stream, id(n), { e: '{}' });
}

async function read(stream: string, group: string, count: number, acknowledge: number): Promise<void> {
  const { commands } = room.redis;
  await commands.xGroupCreate(stream, group, '0', { MKSTREAM: true }).catch(() => undefined);
  if (count > 0) await commands.xReadGroup(group, 'one', { key: stream, id: '>' }, { COUNT: count });
  for (let n = 1; n <= acknowledge; n += 1) await commands.xAck(stream, group, id(n));
}

const firstOf = async (stream: string) =>
  (await room.redis.commands.xRange(stream, '-', '+', { COUNT: 1 }))?.[0]?.id;

async function trimOnce(stream: string, graceMs = 0, metrics: Metrics = createMetrics()): Promise<Metrics> {
  const trimmer = startTrimmer({
    redis: room.redis,
    streams: [{ stream, groups: ['recorder', 'monitors'] }],
    everyMs: 60_000,
    log: silent,
    metrics,
    graceMs,
  });
  await eventually(async () => (await lagOf(metrics, 'recorder')) !== undefined);
  await trimmer.stop();
  return metrics;
}

async function lagOf(metrics: Metrics, group: string): Promise<number | undefined> {
  const { values } = await metrics.streamLag.get();
  return values.find(({ labels }) => labels.group === group)?.value;
}

describe('the trimmer', () => {
  it('trims at the slowest group’s oldest unacknowledged entry', async () => {
    const stream = freshStream();
    await fill(stream, 1, 20);
    await read(stream, 'recorder', 15, 8);
    await read(stream, 'monitors', 20, 20);
    await trimOnce(stream);
    expect(await firstOf(stream)).toBe(id(9));
  });

  it('takes a group’s published position as what it has read', async () => {
    const stream = freshStream();
    await fill(stream, 1, 20);
    await read(stream, 'recorder', 20, 20);
    await read(stream, 'monitors', 0, 0);
    await room.redis.commands.xGroupSetId(stream, 'monitors', id(5));
    await trimOnce(stream);
    expect(await firstOf(stream)).toBe(id(5));
  });

  it('leaves a stream alone while a group is missing', async () => {
    const stream = freshStream();
    await fill(stream, 1, 20);
    await read(stream, 'recorder', 20, 20);
    await trimOnce(stream);
    expect(await firstOf(stream)).toBe(id(1));
  });

  it('keeps young entries for readers without a group', async () => {
    const stream = freshStream();
    await fill(stream, 1, 5);
    const young = await room.redis.commands.xAdd(stream, '*', { e: '{}' });
    await room.redis.commands.xAdd(stream, '*', { e: '{}' });
    await read(stream, 'recorder', 7, 5);
    await read(stream, 'monitors', 7, 5);
    for (const group of ['recorder', 'monitors']) {
      const [left] = await room.redis.commands.xPendingRange(stream, group, '-', '+', 1);
      expect(left?.id).toBe(young);
      const rest = await room.redis.commands.xPendingRange(stream, group, '-', '+', 10);
      await room.redis.commands.xAck(
        stream,
        group,
        rest.map((entry) => entry.id),
      );
    }
    await trimOnce(stream, 60_000);
    expect(await firstOf(stream)).toBe(young);
  });

  it('exports the lag of each group', async () => {
    const stream = freshStream();
    await fill(stream, 1, 20);
    await read(stream, 'recorder', 15, 15);
    await read(stream, 'monitors', 20, 20);
    const metrics = await trimOnce(stream);
    expect(await lagOf(metrics, 'recorder')).toBe(5);
    expect(await lagOf(metrics, 'monitors')).toBe(0);
  });

  it('counts entries that the length cap dropped unread, once', async () => {
    const stream = freshStream();
    await fill(stream, 1, 20);
    await read(stream, 'recorder', 5, 5);
    await read(stream, 'monitors', 20, 20);
    await room.redis.commands.xTrim(stream, 'MAXLEN', 8);
    const metrics = createMetrics();
    const trimmer = startTrimmer({
      redis: room.redis,
      streams: [{ stream, groups: ['recorder', 'monitors'] }],
      everyMs: 5,
      log: silent,
      metrics,
      graceMs: 0,
    });
    const lost = async () => (await metrics.streamTrimmedUnread.get()).values[0]?.value ?? 0;
    await eventually(async () => (await lost()) > 0);
    await fill(stream, 21, 25);
    await eventually(async () => (await lagOf(metrics, 'monitors')) === 5);
    expect(await lost()).toBe(7);
    await trimmer.stop();
  });

  it('sees a stream and its groups as of one moment, so that what was read and then trimmed is not lost', async () => {
    const stream = freshStream();
    const { commands } = room.redis;
    await read(stream, 'recorder', 0, 0);
    const progress = { done: false };
    const work = async () => {
      for (let n = 1; n <= 500; n += 1) {
        await commands
          .multi()
          .addCommand(['XADD', stream, '*', 'e', '{}'])
          .addCommand(['XREADGROUP', 'GROUP', 'recorder', 'one', 'STREAMS', stream, '>'])
          .addCommand(['XTRIM', stream, 'MAXLEN', '0'])
          .exec();
      }
      progress.done = true;
    };
    const working = work();
    while (!progress.done) {
      const state = await readStreamState(commands, stream);
      for (const group of state?.groups ?? []) expect(state && lostUnread(state, group)).toBe(0);
    }
    await working;
  });

  it('never removes what a working group has still to read', async () => {
    const stream = freshStream();
    const { commands } = room.redis;
    await read(stream, 'recorder', 0, 0);
    await read(stream, 'monitors', 0, 0);
    const metrics = createMetrics();
    // Two of them, as two monitor processes have: neither may take what the other trimmed for lost.
    const trimmers = [1, 2].map(() =>
      startTrimmer({
        redis: room.redis,
        streams: [{ stream, groups: ['recorder', 'monitors'] }],
        everyMs: 1,
        log: silent,
        metrics,
        graceMs: 0,
      }),
    );
    const seen: string[] = [];
    for (let n = 1; n <= 300; n += 1) {
      await commands.xAdd(stream, id(n), { e: '{}' });
      if (n % 7 === 0) await commands.xGroupSetId(stream, 'monitors', id(n));
      if (n % 10 !== 0) continue;
      const args = ['XREADGROUP', 'GROUP', 'recorder', 'one', 'COUNT', '10', 'STREAMS', stream, '>'];
      const ids = entriesOfRead(await askForBytes(commands, args)).map((entry) => entry.id);
      seen.push(...ids);
      await commands.xAck(stream, 'recorder', ids);
    }
    await eventually(async () => (await commands.xLen(stream)) < 20);
    await Promise.all(trimmers.map((trimmer) => trimmer.stop()));
    expect(seen).toHaveLength(300);
    expect((await metrics.streamTrimmedUnread.get()).values).toEqual([]);
  });
});

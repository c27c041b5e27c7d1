// Monitoring goes on where it stood: over a stop, a kill, a standby's takeover and a restart of Redis.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTrimmer } from '../../src/events/trim-streams.js';
import { createMetrics } from '../../src/metrics.js';
import { eventually } from '../support/eventually.js';
import { monitorSubject, predictionBatch, traffic, watchableModel } from '../support/monitor-batches.js';
import { openRedisRoom, silent, type RedisRoom } from '../support/redis-room.js';
import { openMonitorsRoom } from './monitors-room.js';

let place: RedisRoom;
beforeAll(async () => void (place = await openRedisRoom()));
afterAll(() => place.close());

const BATCHES = traffic(400);
type Room = ReturnType<typeof openMonitorsRoom>;

/** Monitors' state and the measurements of the last round, once `last` was committed. */
async function outcome(room: Room, last: string) {
  await eventually(async () => (await room.savedPosition()) === last);
  const { monitors } = JSON.parse((await room.snapshot()) ?? '') as { monitors: unknown };
  const names = ['latency', 'throughput', 'error-rate', 'confidence', 'class-distribution'];
  const statuses = await Promise.all(names.map((name) => room.status(name)));
  return {
    monitors,
    reports: statuses.map((report) => [
      report?.monitor,
      report?.window,
      report?.measurements,
      report?.findings,
    ]),
  };
}

async function uninterrupted() {
  const room = openMonitorsRoom(place.server.url, place.redis);
  const last = await room.append(BATCHES);
  const process = await room.start();
  const result = await outcome(room, last);
  await process.stop();
  return result;
}

describe('a monitor process', () => {
  it('sees what was predicted before anyone watched, and shows how far it has read', async () => {
    const room = openMonitorsRoom(place.server.url, place.redis);
    const last = await room.append(BATCHES);
    const process = await room.start();
    await eventually(async () => (await room.groupPosition()) === last);
    const report = await eventually(() => room.status('latency'));
    expect(report).toMatchObject({
      model: 'valve',
      version: 1,
      window: { n: 1000 },
      health: { status: 'ok' },
    });
    const text = await process.metrics.registry.metrics();
    expect(text).toContain('vigie_monitor_prediction_rate{model="valve",version="1"}');
    expect(text).toContain('vigie_monitor_leases{model="valve"} 1');
    await process.stop();
    expect(await room.holder()).toBeNull();
  });

  it('is followed by a standby whose first round is committed within ten seconds of the kill', async () => {
    const room = openMonitorsRoom(place.server.url, place.redis);
    await room.append(BATCHES.slice(0, 50));
    const usual = { leaseTtlMs: 5000, evaluateEveryMs: 5000 };
    const first = await room.start(usual);
    const standby = await room.start(usual);
    await eventually(async () => (await room.reports()).length > 0);
    const last = await room.append(BATCHES.slice(50));
    const begun = performance.now();
    await first.kill();
    await eventually(async () => (await room.savedPosition()) === last, { timeoutMs: 20_000 });
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(await room.holder()).toBe(standby.id);
    await standby.stop();
  });

  it('lets a standby take over at once when it stops in order', async () => {
    const room = openMonitorsRoom(place.server.url, place.redis);
    const first = await room.start({ leaseTtlMs: 60_000 });
    await eventually(async () => (await room.holder()) === first.id);
    const standby = await room.start();
    await first.stop();
    await eventually(async () => (await room.holder()) === standby.id, { timeoutMs: 20_000 });
    await standby.stop();
  });

  it('commits nothing once another holds the lease, and stops showing gauges', async () => {
    const room = openMonitorsRoom(place.server.url, place.redis);
    await room.append(BATCHES.slice(0, 50));
    const process = await room.start({ leaseTtlMs: 60_000 });
    await eventually(() => room.status('latency'));
    await place.redis.commands.set(room.model.lease, 'another');
    await eventually(
      async () => !(await process.metrics.registry.metrics()).includes('vigie_monitor_leases{'),
    );
    expect(await process.metrics.registry.metrics()).not.toMatch(/^vigie_monitor_prediction_rate\{/m);
    const before = (await room.reports()).length;
    await room.append(BATCHES.slice(50, 60));
    await process.stop();
    expect((await room.reports()).length).toBe(before);
    expect(await room.holder()).toBe('another');
  });

  it('reads a backlog up before it judges, so that a restart is not taken for silence', async () => {
    const room = openMonitorsRoom(place.server.url, place.redis);
    const backlog = traffic(2000);
    await room.append(backlog);
    room.clock.now = Date.now() + 60_000;
    const process = await room.start({
      models: [watchableModel(monitorSubject({ monitors: { 'error-rate': { window: { count: 10_000 } } } }))],
      evaluateEveryMs: 1,
    });
    const first = await eventually(async () =>
      (await room.reports()).find(({ monitor }) => monitor === 'error-rate'),
    );
    const rows = backlog.reduce((total, { ids }) => total + ids.length, 0);
    expect(first).toMatchObject({ window: { n: rows }, health: { lagSeconds: 0 } });
    await process.stop();
  });

  it('passes over what it cannot read and what another version predicted', async () => {
    const room = openMonitorsRoom(place.server.url, place.redis);
    await room.append([predictionBatch(1000, [{}])]);
    await place.redis.commands.xAdd(room.model.predictions, '*', { e: 'nonsense' });
    await room.append([predictionBatch(1000, [{}, {}], { version: 2 }), predictionBatch(1000, [{}])]);
    const last = await place.redis.commands.xAdd(room.model.predictions, '*', { e: '{}' });
    const process = await room.start();
    await eventually(async () => (await room.savedPosition()) === last);
    expect((await room.status('latency'))?.window.n).toBe(2);
    await process.stop();
  });
});

describe('a stream that is cut while nobody watches', () => {
  const losses = async (room: Room): Promise<number | undefined> => {
    const metrics = createMetrics();
    const trimmer = startTrimmer({
      redis: place.redis,
      streams: [{ stream: room.model.predictions, groups: ['monitors'] }],
      everyMs: 60_000,
      log: silent,
      metrics,
    });
    await eventually(async () => (await metrics.streamLag.get()).values.length > 0);
    await trimmer.stop();
    return (await metrics.streamTrimmedUnread.get()).values[0]?.value;
  };
  const groupOf = async (room: Room) => (await place.redis.commands.xInfoGroups(room.model.predictions))[0];

  it('is known to have lost exactly what the monitors had not read, and the count goes on after it', async () => {
    const room = openMonitorsRoom(place.server.url, place.redis);
    const middle = await room.append(BATCHES.slice(0, 170));
    const first = await room.start();
    await eventually(async () => (await room.groupPosition()) === middle);
    expect(await groupOf(room)).toMatchObject({ 'entries-read': 170, lag: 0 });
    await first.kill();
    await room.append(BATCHES.slice(170, 300));
    expect(await groupOf(room)).toMatchObject({ lag: 130 });
    await place.redis.commands.xTrim(room.model.predictions, 'MAXLEN', 200);
    expect(await losses(room)).toBeUndefined();
    await place.redis.commands.xTrim(room.model.predictions, 'MAXLEN', 50);
    expect(await losses(room)).toBe(80);

    const second = await room.start();
    const last = await room.append(BATCHES.slice(300));
    await eventually(async () => (await room.groupPosition()) === last);
    await eventually(async () => (await groupOf(room))?.['entries-read'] === 400);
    expect(await losses(room)).toBeUndefined();
    await second.stop();
  });
});

describe('an outage of Redis', () => {
  it('is waited out with the state in memory, and nothing is missed or counted twice', async () => {
    // What is checked is the watch and not the disk, so Redis may not lose its last second.
    await place.redis.commands.sendCommand(['CONFIG', 'SET', 'appendfsync', 'always']);
    const room = openMonitorsRoom(place.server.url, place.redis);
    const middle = await room.append(BATCHES.slice(0, 170));
    const process = await room.start({ leaseTtlMs: 30_000 });
    await eventually(async () => (await room.savedPosition()) === middle);
    await place.server.kill();
    await eventually(() => !place.redis.ready());
    await place.server.restart();
    await eventually(() => place.redis.ready());
    const last = await room.append(BATCHES.slice(170));
    expect(await outcome(room, last)).toEqual(await uninterrupted());
    await process.stop();
  });
});

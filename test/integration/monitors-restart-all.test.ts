// Every default monitor of every task, with a reference and labels, goes on where it stood: over a stop, and over a kill.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInMonitors } from '../../src/monitors/built-in.js';
import type { MonitorEvent, WatchedTask } from '../../src/monitors/monitor.js';
import { planMonitors } from '../../src/monitors/plan.js';
import { expectVerdict } from '../contract/monitor/sound.js';
import { endOf, ORDINARY_BATCHES } from '../contract/monitor/ordinary.js';
import { eventually } from '../support/eventually.js';
import { trafficOf } from '../support/model-traffic/traffic-of.js';
import { watchableModel } from '../support/monitor-batches.js';
import { openRedisRoom, type RedisRoom } from '../support/redis-room.js';
import { appendEvents, untilSaved } from './monitors-append.js';
import { openMonitorsRoom } from './monitors-room.js';

let place: RedisRoom;
beforeAll(async () => void (place = await openRedisRoom()));
afterAll(() => place.close());

const TASKS: readonly WatchedTask[] = ['classification', 'regression', 'detection', 'system'];

/** A room for the model of a task, and its events: what was predicted before its labels, in two halves. */
function stage(task: WatchedTask) {
  const { subject, ordinary } = trafficOf(task);
  const events = ordinary(ORDINARY_BATCHES);
  const planned = planMonitors([subject.manifest], builtInMonitors).get(subject.manifest.name) ?? [];
  const names = planned.map(({ definition }) => definition.name);
  const room = openMonitorsRoom(place.server.url, place.redis, subject.manifest.name);
  room.clock.now = endOf(events);
  const append = (part: readonly MonitorEvent[]) => appendEvents(room, place.redis, part);
  const [first, second] = [events.slice(0, events.length / 2), events.slice(events.length / 2)].map(
    (half) => ({
      made: half.filter(({ kind }) => kind !== 'feedback'),
      labels: half.filter(({ kind }) => kind === 'feedback'),
    }),
  );
  if (first === undefined || second === undefined) throw new Error('there are two halves');
  return {
    ...{ room, names, first, second, append },
    // Rounds of all monitors of pictures take a while, and two processes share one thread here.
    start: () => room.start({ models: [watchableModel(subject)], evaluateEveryMs: 250, leaseTtlMs: 2000 }),
    /** So that whoever watches sees labels after what they are of, as from one who was never stopped. */
    feed: async ({ made, labels }: typeof first) => {
      await untilSaved(room, await append(made));
      await untilSaved(room, await append(labels));
    },
    /** State and last report of every monitor. */
    outcome: async () => {
      const { monitors } = JSON.parse((await room.snapshot()) ?? '') as { monitors: unknown };
      const reports = await Promise.all(names.map((name) => room.status(name)));
      return {
        monitors,
        said: reports.map((report) => ({
          ...{ monitor: report?.monitor, window: report?.window, health: report?.health.errors },
          ...{ measurements: report?.measurements ?? [], findings: report?.findings ?? [] },
        })),
      };
    },
  };
}

async function uninterrupted(task: WatchedTask) {
  const { start, feed, first, second, outcome } = stage(task);
  const process = await start();
  await feed(first);
  await feed(second);
  const result = await outcome();
  await process.stop();
  return result;
}

describe.each(TASKS)('all monitors of %s', (task) => {
  let expected: Awaited<ReturnType<typeof uninterrupted>>;
  beforeAll(async () => void (expected = await uninterrupted(task)));

  it('say and hold after a graceful restart what they would have without one', async () => {
    const { start, feed, first, second, outcome, names } = stage(task);
    const before = await start();
    await feed(first);
    await before.stop();
    const after = await start();
    await feed(second);
    const result = await outcome();
    await after.stop();
    expect(result.said.map(({ monitor }) => monitor)).toEqual(names);
    for (const { monitor, measurements, findings } of result.said) {
      expect(monitor).toBeDefined();
      expectVerdict({ measurements, findings, window: { from: null, to: null, n: 0 } });
    }
    expect(result).toEqual(expected);
  });

  it('say and hold in a standby, after a kill, what they would have without one', async () => {
    const { room, start, feed, first, second, append, outcome } = stage(task);
    const both = [await start(), await start()] as const;
    await feed(first);
    // On a machine that stood still for a while the lease may have passed on already.
    const [holder, standby] = (await room.holder()) === both[0].id ? both : ([both[1], both[0]] as const);
    // Whatever of these the first process has read and not committed yet is lost with it.
    const made = await append(second.made);
    await holder.kill();
    await eventually(async () => (await room.holder()) === standby.id);
    await untilSaved(room, made);
    await untilSaved(room, await append(second.labels));
    expect(await outcome()).toEqual(expected);
    await standby.stop();
  });
});

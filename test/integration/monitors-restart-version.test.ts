// When another version goes into production, its watch begins with its first entry: none is missed, none counted twice,
// whenever a process dies on the way.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PredictionBatch } from '../../src/events/prediction-batch.js';
import type { Judge } from '../../src/events/round-judge.js';
import { eventually } from '../support/eventually.js';
import { monitorSubject, predictionBatch, traffic, watchableModel } from '../support/monitor-batches.js';
import { openRedisRoom, type RedisRoom } from '../support/redis-room.js';
import { openMonitorsRoom } from './monitors-room.js';

let place: RedisRoom;
beforeAll(async () => void (place = await openRedisRoom()));
afterAll(() => place.close());

type Room = ReturnType<typeof openMonitorsRoom>;

// Every row ever counted stays in the window.
const SETTINGS = { 'error-rate': { window: { count: 10_000 } } };
const OLD = traffic(120, { seed: 3 });
const NEW = traffic(120, { seed: 5 }).map((batch) => ({ ...batch, version: 2 }));
/** The old version's last batches come after the first of the new one: they were under way. */
const AFTER_MOVE = [...NEW.slice(0, 2), ...traffic(5, { seed: 9 }), ...NEW.slice(2)];

const rowsOf = (batches: readonly PredictionBatch[]) => batches.reduce((n, { ids }) => n + ids.length, 0);
const noAlerts: Judge = () => Promise.resolve({ writes: [], expectations: [] });

function stage(production = 1) {
  const room = openMonitorsRoom(place.server.url, place.redis);
  const state = { production };
  const model = () =>
    watchableModel(monitorSubject({ labels: { off: 600, on: 400 }, monitors: SETTINGS }), state);
  return {
    room,
    state,
    start: (judge: Judge = noAlerts) => room.start({ models: [model()], judge }),
  };
}
const watchedVersion = async (room: Room) =>
  (JSON.parse((await room.snapshot()) ?? '{}') as { version?: number }).version;

/** The monitors' state of version 2 and what they last reported, once all up to `last` was committed. */
async function outcome(room: Room, last: string) {
  await eventually(async () => (await watchedVersion(room)) === 2 && (await room.savedPosition()) === last);
  const report = await eventually(async () => {
    const found = await room.status('error-rate');
    return found?.version === 2 && found.window.n > 0 && found;
  });
  const { monitors } = JSON.parse((await room.snapshot()) ?? '') as { monitors: unknown };
  return { monitors, window: report.window };
}

/** How it is when only the new version was ever watched. */
async function newAlone() {
  const { room, start } = stage(2);
  const last = await room.append(NEW);
  const process = await start();
  const result = await outcome(room, last);
  await process.stop();
  return result;
}
const oldReports = async (room: Room) =>
  (await room.reports()).filter(({ version, monitor }) => version === 1 && monitor === 'error-rate');

describe('a move of production', () => {
  it('is followed from the first entry of the new version on, and the old one is reported to its end', async () => {
    const { room, state, start } = stage();
    const middle = await room.append(OLD.slice(0, 70));
    const process = await start();
    await eventually(async () => (await room.savedPosition()) === middle);
    await room.append(OLD.slice(70));
    state.production = 2;
    const last = await room.append(AFTER_MOVE);
    const result = await outcome(room, last);
    expect(result).toEqual(await newAlone());
    expect(result.window.n).toBe(rowsOf(NEW));
    expect((await oldReports(room)).at(-1)?.window.n).toBe(rowsOf(OLD));

    const text = await process.metrics.registry.metrics();
    expect(text).toContain('vigie_monitor_prediction_rate{model="valve",version="2"}');
    expect(text).not.toMatch(/^vigie_monitor_.*version="1"/m);
    expect(text).toContain('vigie_monitor_leases{model="valve"} 1');
    expect(await room.groupPosition()).toBe(last);
    await process.stop();
  });

  it('changes nothing until an entry of the new version comes, over a restart too', async () => {
    const { room, state, start } = stage();
    const middle = await room.append(OLD.slice(0, 70));
    const first = await start();
    await eventually(async () => (await room.savedPosition()) === middle);
    await first.stop();
    state.production = 2;
    const second = await start();
    const last = await room.append(OLD.slice(70));
    await eventually(async () => (await room.savedPosition()) === last);
    expect(await watchedVersion(room)).toBe(1);
    expect((await room.status('error-rate'))?.window.n).toBe(rowsOf(OLD));
    await second.stop();
  });

  it('while nobody watched is followed by whoever watches next, from where the old version stood', async () => {
    const { room, state, start } = stage();
    const middle = await room.append(OLD.slice(0, 70));
    const first = await start();
    await eventually(async () => (await room.savedPosition()) === middle);
    await first.kill();
    await room.append(OLD.slice(70));
    state.production = 2;
    const last = await room.append(AFTER_MOVE);
    const second = await start();
    expect(await outcome(room, last)).toEqual(await newAlone());
    expect((await oldReports(room)).at(-1)?.window.n).toBe(rowsOf(OLD));
    await second.stop();
  });

  it('back again is the same road', async () => {
    const { room, state, start } = stage();
    const process = await start();
    await room.append(OLD);
    state.production = 2;
    const moved = await room.append(NEW);
    await outcome(room, moved);
    state.production = 1;
    const back = traffic(50, { seed: 11 });
    const last = await room.append(back);
    await eventually(async () => (await watchedVersion(room)) === 1 && (await room.savedPosition()) === last);
    const again = await eventually(async () => {
      const found = await room.status('error-rate');
      return found?.version === 1 && found;
    });
    expect(again.window.n).toBe(rowsOf(back));
    await process.stop();
  });

  it('is not what an entry of another version means, while that is asked for by name', async () => {
    const { room, start } = stage();
    const process = await start();
    await room.append(OLD);
    await room.append(NEW);
    const last = await room.append([predictionBatch(1, [{}])]);
    await eventually(async () => (await room.savedPosition()) === last);
    expect(await watchedVersion(room)).toBe(1);
    expect((await room.status('error-rate'))?.window.n).toBe(rowsOf(OLD) + 1);
    await process.stop();
  });
});

describe('a process that dies while it hands over', () => {
  it('before it has committed leaves the old version, and the standby hands over at the same entry', async () => {
    const { room, state, start } = stage();
    const middle = await room.append(OLD.slice(0, 70));
    let handingOver = false;
    const first = await start((_model, reports) => {
      // The last round of the old version: it is about to commit, and never comes to it.
      const isLast = state.production === 2 && reports[0]?.window.n === rowsOf(OLD);
      handingOver ||= isLast;
      return isLast ? new Promise(() => undefined) : noAlerts('', [], 0);
    });
    await eventually(async () => (await room.savedPosition()) === middle);
    const standby = await start();
    state.production = 2;
    await room.append(OLD.slice(70));
    const last = await room.append(AFTER_MOVE);
    await eventually(() => handingOver);
    expect(await watchedVersion(room)).toBe(1);
    void first.kill();
    expect(await outcome(room, last)).toEqual(await newAlone());
    expect((await oldReports(room)).at(-1)?.window.n).toBe(rowsOf(OLD));
    await standby.stop();
  });

  it('after it has committed leaves the new version, which the standby begins', async () => {
    const { room, state, start } = stage();
    const middle = await room.append(OLD);
    let rounds = 0;
    const first = await start((_model, reports) => {
      const isNew = reports[0]?.version === 2;
      rounds += isNew ? 1 : 0;
      return isNew ? new Promise(() => undefined) : noAlerts('', [], 0);
    });
    await eventually(async () => (await room.savedPosition()) === middle);
    const standby = await start();
    state.production = 2;
    const last = await room.append(AFTER_MOVE);
    await eventually(() => rounds > 0);
    expect(await watchedVersion(room)).toBe(2);
    expect(await room.savedPosition()).toBe(middle);
    void first.kill();
    expect(await outcome(room, last)).toEqual(await newAlone());
    await standby.stop();
  });
});

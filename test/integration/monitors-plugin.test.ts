// An outside plugin that loops or dies holds up nobody: other monitors, other models, a stop and a hand-over go on.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predictionBatchCodec } from '../../src/events/prediction-codec.js';
import { loadPlugins } from '../../src/monitors/load-plugins.js';
import { PLUGIN_LIMITS } from '../../src/monitors/plugin-limits.js';
import { eventually } from '../support/eventually.js';
import { monitorSubject, predictionBatch, traffic, watchableModel } from '../support/monitor-batches.js';
import { openRedisRoom, type RedisRoom } from '../support/redis-room.js';
import { openMonitorsRoom } from './monitors-room.js';

let place: RedisRoom;
beforeAll(async () => void (place = await openRedisRoom()));
afterAll(() => place.close());

const plugins = await loadPlugins(['./odd-plugin.js'], new URL('../support', import.meta.url).pathname);
const LIMITS = { ...PLUGIN_LIMITS, answerMs: 300, silentMs: 4000, pauseMs: 100 };
const NEVER_ENDED = { ...LIMITS, silentMs: 600_000 };
/** For a machine that is busy with other things. */
const PATIENT = { ...LIMITS, answerMs: 20_000, silentMs: 600_000 };
const QUICK = 10_000;

type Room = ReturnType<typeof openMonitorsRoom>;

const odd = (label: string) => predictionBatch(1_700_000_001_000, [{ label }]);
const rowsOf = (batches: readonly { readonly ids: readonly string[] }[]) =>
  batches.reduce((total, { ids }) => total + ids.length, 0);
const roundsOf = async (room: Room, monitor: string) =>
  (await room.reports()).filter((report) => report.monitor === monitor).length;
const oddityIs = (room: Room, status: string) =>
  eventually(
    async () => {
      const report = await room.status('oddity');
      return report?.health.status === status && report;
    },
    { timeoutMs: 20_000 },
  );

describe('an outside plugin', () => {
  it('that loops for two seconds is down meanwhile, counted, and has lost nothing afterwards', async () => {
    const room = openMonitorsRoom(place.server.url, place.redis);
    const batches = traffic(50);
    await room.append(batches);
    const process = await room.start({ plugins, pluginLimits: NEVER_ENDED });
    await eventually(async () => (await room.status('oddity'))?.window.n === rowsOf(batches));
    await room.append([odd('loop 2 s')]);
    const down = await oddityIs(room, 'down');
    expect(down.health.lastError).toMatch(/^update: no answer within 300 ms: busy for \d/);
    expect(await room.status('latency')).toMatchObject({ health: { status: 'ok', errors: 0 } });
    const before = await roundsOf(room, 'latency');
    const last = await room.append(traffic(20));
    await eventually(async () => (await roundsOf(room, 'latency')) > before + 5);
    const recovered = await oddityIs(room, 'ok');
    expect(recovered.window.n).toBe(rowsOf(batches) + 1 + rowsOf(traffic(20)));
    expect(await room.savedPosition()).toBe(last);
    const text = await process.metrics.registry.metrics();
    expect(text).toMatch(
      /vigie_monitor_errors_total\{model="valve",monitor="oddity",method="update"\} [1-9]/,
    );
    await process.stop();
  });

  it('that loops for ever is ended and begins afresh; another model of the process knows nothing of it', async () => {
    const room = openMonitorsRoom(place.server.url, place.redis);
    const pump = room.keys.model('pump');
    const process = await room.start({
      plugins,
      pluginLimits: LIMITS,
      models: [watchableModel(monitorSubject()), watchableModel(monitorSubject({ model: 'pump' }))],
    });
    const [field, payload] = predictionBatchCodec.encode({ ...odd('on'), model: 'pump' });
    await place.redis.commands.xAdd(pump.predictions, '*', { [field]: payload });
    const pumpReports = async () => (await place.redis.commands.xLen(pump.measurements)) > 0;
    await eventually(pumpReports);
    await room.append([odd('evaluate for ever')]);
    const down = await oddityIs(room, 'down');
    expect(down).toMatchObject({ measurements: [], findings: [] });
    const before = await roundsOf(room, 'latency');
    const pumpBefore = await place.redis.commands.xLen(pump.measurements);
    await eventually(async () => (await roundsOf(room, 'latency')) > before + 5);
    await eventually(async () => (await place.redis.commands.xLen(pump.measurements)) > pumpBefore + 50);
    const recovered = await oddityIs(room, 'ok');
    expect(recovered.window.n).toBe(0);
    expect(recovered.health.lastError).toContain('made no progress for 4.0 s and was ended');
    await room.append([odd('on')]);
    await eventually(async () => (await room.status('oddity'))?.window.n === 1);
    await process.stop();
  });

  it('that answers NaN or labels without end is bounded, degraded and counted', async () => {
    const room = openMonitorsRoom(place.server.url, place.redis);
    const process = await room.start({ plugins, pluginLimits: PATIENT });
    await room.append([odd('evaluate to NaN')]);
    const report = await oddityIs(room, 'degraded');
    expect(report.measurements).toEqual([]);
    expect(report.health.lastError).toContain('value');
    await room.append([odd('evaluate to labels without end')]);
    await eventually(async () => (await room.status('oddity'))?.measurements.length === 200);
    const text = await process.metrics.registry.metrics();
    expect(text.match(/^vigie_monitor_odd_rows\{/gm)).toHaveLength(200);
    expect(await room.status('latency')).toMatchObject({ health: { status: 'ok', errors: 0 } });
    await process.stop();
  });

  it('continues over a restart of the process as if it had never stopped', async () => {
    const room = openMonitorsRoom(place.server.url, place.redis);
    const batches = traffic(300);
    const middle = await room.append(batches.slice(0, 120));
    const first = await room.start({ plugins, pluginLimits: PATIENT });
    await eventually(async () => (await room.savedPosition()) === middle);
    await first.stop();
    const last = await room.append(batches.slice(120));
    const second = await room.start({ plugins, pluginLimits: PATIENT });
    await eventually(async () => (await room.savedPosition()) === last);
    await eventually(async () => (await room.status('oddity'))?.window.n === rowsOf(batches));
    await second.stop();
    const saved = JSON.parse((await room.snapshot()) ?? '') as {
      monitors: Record<string, { state: string }>;
    };
    expect(saved.monitors['oddity']?.state).toBe(JSON.stringify({ rows: rowsOf(batches) }));
  });

  it('that loops holds up neither a hand-over nor a stop, and its state is not saved under places it has not seen', async () => {
    const room = openMonitorsRoom(place.server.url, place.redis);
    const state = { production: 1 };
    const process = await room.start({
      plugins,
      pluginLimits: NEVER_ENDED,
      models: [watchableModel(monitorSubject(), state)],
    });
    await room.append([odd('evaluate for ever')]);
    await oddityIs(room, 'down');
    state.production = 2;
    const last = await room.append(traffic(20).map((batch) => ({ ...batch, version: 2 })));
    await eventually(async () => (await room.savedPosition()) === last);
    expect(await room.status('latency')).toMatchObject({ version: 2, health: { status: 'ok' } });
    const begunAt = performance.now();
    await process.stop();
    expect(performance.now() - begunAt).toBeLessThan(QUICK);
    expect(await room.holder()).toBeNull();
    const saved = JSON.parse((await room.snapshot()) ?? '') as { monitors: Record<string, unknown> };
    expect(saved.monitors).toHaveProperty('latency');
    expect(saved.monitors).not.toHaveProperty('oddity');
  });
});

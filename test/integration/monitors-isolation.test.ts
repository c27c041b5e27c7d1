// A plugin that misbehaves is counted and shown, and the others know nothing of it; alert changes commit with the round.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Monitor, MonitorDefinition } from '../../src/monitors/monitor.js';
import { builtInMonitors } from '../../src/monitors/built-in.js';
import { planMonitors } from '../../src/monitors/plan.js';
import { eventually } from '../support/eventually.js';
import { monitorSubject, traffic } from '../support/monitor-batches.js';
import { openRedisRoom, type RedisRoom } from '../support/redis-room.js';
import { openMonitorsRoom } from './monitors-room.js';

let place: RedisRoom;
beforeAll(async () => void (place = await openRedisRoom()));
afterAll(() => place.close());

function odd(name: string, metric: string, methods: Partial<Monitor>): MonitorDefinition {
  return {
    name,
    title: name,
    summary: 'For tests',
    tasks: ['classification'],
    inputs: ['prediction'],
    settings: z.strictObject({}),
    metrics: [{ name: metric, unit: null, help: 'For tests', labels: ['id'] }],
    create: () => ({
      update: () => undefined,
      evaluate: () => ({ measurements: [], findings: [], window: { from: null, to: null, n: 0 } }),
      snapshot: () => null,
      restore: () => undefined,
      ...methods,
    }),
  };
}

const thrower = odd('thrower', 'thrown', {
  update: () => {
    throw new Error('cannot update');
  },
  evaluate: () => {
    throw new Error('cannot evaluate');
  },
});
const leaker = odd('leaker', 'leaked', {
  evaluate: () => ({
    measurements: Array.from({ length: 300 }, (_, i) => {
      return { name: 'leaked', labels: { id: String(i) }, unit: null, value: i === 0 ? Number.NaN : i, n: 1 };
    }),
    findings: [],
    window: { from: null, to: null, n: 0 },
  }),
});

describe('a round of monitoring', () => {
  it('isolates a plugin that throws and bounds one that leaks labels', async () => {
    const room = openMonitorsRoom(place.server.url, place.redis);
    const last = await room.append(traffic(50));
    const process = await room.start({ extra: [thrower, leaker] });
    await eventually(async () => (await room.savedPosition()) === last);
    const thrown = await eventually(() => room.status('thrower'));
    expect(thrown).toMatchObject({
      findings: [],
      health: { status: 'down', lastError: 'evaluate: cannot evaluate' },
    });
    expect(thrown.health.errors).toBeGreaterThan(50);
    const leaked = await room.status('leaker');
    expect(leaked?.measurements).toHaveLength(200);
    expect(leaked?.health.status).toBe('degraded');
    expect(await room.status('latency')).toMatchObject({ health: { status: 'ok', errors: 0 } });
    const text = await process.metrics.registry.metrics();
    expect(text).toContain('vigie_monitor_errors_total{model="valve",monitor="thrower",method="update"} 50');
    await process.stop();
  });

  it('commits the changes of alerts with the reports they come from, or neither', async () => {
    const room = openMonitorsRoom(place.server.url, place.redis);
    await room.append(traffic(50));
    const seen: number[] = [];
    const process = await room.start({
      judge: (_model, reports, now) => {
        seen.push(now);
        return Promise.resolve({
          writes: [['HSET', room.model.openAlerts, 'any', String(reports.length)]],
          // Holds at the first round alone: afterwards the field is there, so that every later commit conflicts.
          expectations: [{ key: room.model.openAlerts, field: 'any', value: null }],
        });
      },
    });
    await eventually(() => seen.length > 6);
    const { manifest } = monitorSubject();
    const watching = planMonitors([manifest], builtInMonitors).get(manifest.name)?.length ?? 0;
    expect(await place.redis.commands.hGet(room.model.openAlerts, 'any')).toBe(String(watching));
    expect(await room.reports()).toHaveLength(watching);
    // A conflict is judged again within the round, then left to the next one.
    await eventually(async () => {
      await place.redis.commands.hDel(room.model.openAlerts, 'any');
      return (await room.reports()).length > watching;
    });
    await process.stop();
  });

  it('drops the status of monitors that no longer watch', async () => {
    const room = openMonitorsRoom(place.server.url, place.redis);
    const first = await room.start({ extra: [leaker] });
    await eventually(() => room.status('leaker'));
    await first.stop();
    const second = await room.start();
    await eventually(async () => (await room.status('leaker')) === undefined);
    expect(await eventually(() => room.status('latency'))).toMatchObject({
      findings: [{ status: 'no-data' }],
    });
    await second.stop();
  });

  it('refuses to start with settings that do not parse', async () => {
    const room = openMonitorsRoom(place.server.url, place.redis);
    const broken = odd('demanding', 'demanded', {});
    const definition = { ...broken, settings: z.strictObject({ needed: z.string() }) };
    await expect(room.start({ extra: [definition] })).rejects.toThrow(
      'model "valve", monitor "demanding", setting "needed"',
    );
  });
});

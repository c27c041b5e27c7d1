// Whatever a plugin does, its host answers, counts it and shows it in the health.
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { monitorSubject, predictionBatch } from '../../test/support/monitor-batches.js';
import { createMetrics } from '../metrics.js';
import { createMonitorHost } from './host.js';
import type { Evaluation, Finding, Monitor, MonitorDefinition, MonitorEvent } from './monitor.js';

const ok: Finding = {
  key: 'any',
  status: 'ok',
  value: 1,
  threshold: 2,
  effect: null,
  pValue: null,
  n: 3,
  summary: 'fine',
  detail: {},
};
const sound: Evaluation = {
  measurements: [{ name: 'size', labels: { kind: 'a' }, unit: null, value: 1, n: 3 }],
  findings: [ok],
  window: { from: 1, to: 2, n: 3 },
};
const event: MonitorEvent = { kind: 'prediction', batch: predictionBatch(1000, [{}]) };
const thrower = (message: string) => () => {
  throw new Error(message);
};

function hostOf(methods: Partial<Monitor>, definition: Partial<MonitorDefinition> = {}) {
  const metrics = createMetrics();
  const monitor: Monitor = {
    update: () => undefined,
    evaluate: () => sound,
    snapshot: () => ({ held: 1 }),
    restore: () => undefined,
    ...methods,
  };
  const host = createMonitorHost({
    planned: {
      definition: {
        name: 'odd',
        title: 'Odd',
        summary: 'For tests',
        tasks: ['classification'],
        inputs: ['prediction'],
        settings: z.strictObject({}),
        metrics: [{ name: 'size', unit: null, help: 'Size', labels: ['kind'] }],
        create: () => monitor,
        ...definition,
      },
      settings: { chosen: 7 },
    },
    subject: monitorSubject(),
    metrics,
    log: pino({ level: 'silent' }),
  });
  const counted = async (method: string) => {
    const { values } = await metrics.monitorErrors.get();
    return values.find(({ labels }) => labels.method === method)?.value ?? 0;
  };
  return { host, counted };
}

describe('a monitor host', () => {
  it('reports a sound evaluation with settings, window and health', () => {
    const { host } = hostOf({});
    expect(host.evaluate(5000, 1.5)).toEqual({
      v: 1,
      model: 'valve',
      version: 1,
      monitor: 'odd',
      at: 5000,
      ...sound,
      settings: { chosen: 7 },
      health: { status: 'ok', errors: 0, lastError: null, lagSeconds: 1.5 },
    });
  });

  it('hands over only the kinds of events the monitor asked for', () => {
    const seen: string[] = [];
    const { host } = hostOf({ update: (events) => seen.push(...events.map(({ kind }) => kind)) });
    const batch = { v: 1 as const, model: 'valve', receivedAt: 1, items: [] };
    host.update([{ kind: 'feedback', batch }, event]);
    host.update([{ kind: 'feedback', batch }]);
    expect(seen).toEqual(['prediction']);
  });

  it('counts throws of update, is degraded for that round and goes on', async () => {
    const { host, counted } = hostOf({ update: thrower('boom') });
    for (let i = 0; i < 3; i += 1) host.update([event]);
    expect(host.evaluate(0, 0)).toMatchObject({
      findings: [ok],
      health: { status: 'degraded', errors: 3, lastError: 'update: boom' },
    });
    expect(host.evaluate(1, 0).health).toMatchObject({ status: 'ok', errors: 3, lastError: 'update: boom' });
    expect(await counted('update')).toBe(3);
  });

  it('is down, with nothing but health, while evaluate throws', async () => {
    const { host, counted } = hostOf({ evaluate: thrower('no') });
    expect(host.evaluate(0, 0)).toMatchObject({ measurements: [], findings: [], health: { status: 'down' } });
    expect(host.evaluate(0, 0).health).toMatchObject({ status: 'down', errors: 2 });
    expect(await counted('evaluate')).toBe(2);
  });

  it('is down when the plugin cannot be created', async () => {
    const { host, counted } = hostOf({}, { create: thrower('no reference') });
    host.update([event]);
    host.restore('{}');
    expect(host.snapshot()).toBeNull();
    expect(host.evaluate(0, 0).health).toMatchObject({ status: 'down', lastError: 'create: no reference' });
    expect(await counted('create')).toBe(1);
  });

  it('starts afresh after a refused state and shows the refusal', async () => {
    const created: number[] = [];
    const monitor = (): Monitor => {
      created.push(1);
      return {
        update: () => undefined,
        evaluate: () => sound,
        snapshot: () => 1,
        restore: thrower('not mine'),
      };
    };
    const { host, counted } = hostOf({}, { create: monitor });
    host.restore('{}');
    expect(created).toHaveLength(2);
    expect(host.evaluate(0, 0).health).toMatchObject({ status: 'degraded', lastError: 'restore: not mine' });
    expect(await counted('restore')).toBe(1);
  });

  it('bears a plugin that works asynchronously against the contract', async () => {
    const late: unknown = () => Promise.reject(new Error('late'));
    const { host, counted } = hostOf({ update: late as Monitor['update'] });
    host.update([event]);
    expect(host.evaluate(0, 0).health).toMatchObject({ status: 'degraded' });
    expect(await counted('update')).toBe(1);
  });

  it('gives no snapshot rather than one that is not JSON', () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    for (const state of [circular, 7n, undefined])
      expect(hostOf({ snapshot: () => state }).host.snapshot()).toBeNull();
    expect(hostOf({ snapshot: thrower('no') }).host.snapshot()).toBeNull();
  });

  it('keeps an error short and on one line', () => {
    const { host } = hostOf({ evaluate: thrower(`a\n${'b'.repeat(5000)}`) });
    const { lastError } = host.evaluate(0, 0).health;
    expect(lastError).toHaveLength(200);
    expect(lastError).not.toContain('\n');
  });
});

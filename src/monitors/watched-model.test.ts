// State and stream positions of a watched model belong together, over restarts and changes of settings or version.
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { monitorSubject, predictionBatch, traffic } from '../../test/support/monitor-batches.js';
import { createMetrics } from '../metrics.js';
import { builtInMonitors } from './built-in.js';
import type { MonitorEvent } from './monitor.js';
import { planMonitors } from './plan.js';
import { settingsHash } from './settings-hash.js';
import { createWatchedModel, type WatchedModel } from './watched-model.js';

const NOW = 1_700_000_010_000;

function watch({
  version = 1,
  monitors = {},
}: { version?: number; monitors?: Record<string, Record<string, unknown>> } = {}) {
  const subject = { ...monitorSubject({ labels: { off: 600, on: 400 }, monitors }), version };
  const plan = planMonitors([subject.manifest], builtInMonitors).get('valve') ?? [];
  return createWatchedModel({ subject, plan, metrics: createMetrics(), log: pino({ level: 'silent' }) });
}
function feed(watched: WatchedModel, events: readonly MonitorEvent[], firstId = 1): void {
  events.forEach((event, i) => watched.apply('predictions', `${firstId + i}-0`, event));
}
const events: MonitorEvent[] = traffic(200).map((batch) => ({ kind: 'prediction', batch }));
const countsOf = async (watched: WatchedModel) =>
  Object.fromEntries((await watched.evaluate(NOW, 0)).map(({ monitor, window }) => [monitor, window.n]));

describe('a watched model', () => {
  it('continues from its snapshot exactly where it stood', async () => {
    const whole = watch();
    feed(whole, events);
    const first = watch();
    feed(first, events.slice(0, 90));
    const second = watch();
    second.restore(await first.snapshot());
    expect(second.positions()).toEqual({ predictions: '90-0', feedback: '0-0' });
    feed(second, events.slice(90), 91);
    expect(await second.snapshot()).toBe(await whole.snapshot());
    expect(await second.evaluate(NOW, 0)).toEqual(await whole.evaluate(NOW, 0));
  });

  it('moves past entries of other versions and unreadable ones without counting them', async () => {
    const watched = watch();
    watched.apply('predictions', '5-0', {
      kind: 'prediction',
      batch: predictionBatch(1, [{}], { version: 2 }),
    });
    watched.apply('feedback', '7-1', undefined);
    expect(await countsOf(watched)).toMatchObject({ latency: 0, confidence: 0 });
    expect(watched.positions()).toEqual({ predictions: '5-0', feedback: '7-1' });
  });

  it('never moves a position back', () => {
    const watched = watch();
    for (const id of ['10-2', '9-9', '10-1']) watched.apply('predictions', id, undefined);
    expect(watched.positions().predictions).toBe('10-2');
  });

  it('starts afresh, for that monitor alone, under other settings', async () => {
    const before = watch();
    feed(before, events);
    const after = watch({ monitors: { confidence: { warnMeanBelow: 0.8 } } });
    after.restore(await before.snapshot());
    const counts = await countsOf(after);
    expect(counts['confidence']).toBe(0);
    expect(counts['latency']).toBe((await countsOf(before))['latency']);
    expect(after.positions()).toEqual(before.positions());
  });

  it('starts afresh at the same positions when another version is watched', async () => {
    const before = watch();
    feed(before, events);
    const after = watch({ version: 2 });
    after.restore(await before.snapshot());
    expect((await countsOf(after))['latency']).toBe(0);
    expect(after.positions()).toEqual(before.positions());
  });

  it.each(['', 'null', '{"v":2}', '{"v":1,"version":1,"positions":{"predictions":"$"},"monitors":{}}'])(
    'starts from the beginning when the snapshot is %j',
    async (text) => {
      const watched = watch();
      watched.restore(text);
      expect(watched.positions()).toEqual({ predictions: '0-0', feedback: '0-0' });
      expect((await countsOf(watched))['latency']).toBe(0);
    },
  );

  it('shows in the health of one monitor that its state was damaged', async () => {
    const before = watch();
    feed(before, events);
    const snapshot = JSON.parse(await before.snapshot()) as { monitors: Record<string, { state: string }> };
    const latency = snapshot.monitors['latency'];
    if (latency !== undefined) latency.state = '{"at":[1],"columns":[]}';
    const after = watch();
    after.restore(JSON.stringify(snapshot));
    const health = Object.fromEntries(
      (await after.evaluate(NOW, 0)).map((report) => [report.monitor, report.health.status]),
    );
    expect(health).toEqual({
      latency: 'degraded',
      throughput: 'ok',
      'error-rate': 'ok',
      confidence: 'ok',
      'class-distribution': 'ok',
      'data-drift': 'ok',
      'prediction-drift': 'ok',
      'data-quality': 'ok',
      performance: 'ok',
      'estimated-performance': 'ok',
      'concept-drift': 'ok',
      outlier: 'ok',
    });
  });
});

describe('the hash of settings', () => {
  it('tells settings apart by content, not by order', () => {
    expect(settingsHash({ a: 1, b: { c: 2, d: [1, 2] } })).toBe(
      settingsHash({ b: { d: [1, 2], c: 2 }, a: 1 }),
    );
    expect(settingsHash({ a: 1 })).not.toBe(settingsHash({ a: 2 }));
    expect(settingsHash({ a: [1, 2] })).not.toBe(settingsHash({ a: [2, 1] }));
  });
});

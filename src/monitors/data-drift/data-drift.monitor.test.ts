// When drift of features is found, and that chance, outliers, gaps and constants are not taken for it.
import { describe, expect, it } from 'vitest';
import { predictionBatch, seededRandom } from '../../../test/support/monitor-batches.js';
import type { Cell } from '../../events/prediction-batch.js';
import { modelManifestSchema } from '../../manifest/model-manifest.js';
import { profileCategories, profileNumbers } from '../../training/reference-profile.js';
import type { Finding, Monitor, ReferenceProfile } from '../monitor.js';
import { DRIFT_METHODS } from '../statistics/drift/drift-rule.js';
import { dataDriftMonitor } from './data-drift.monitor.js';

type Columns = Readonly<Record<string, readonly Cell[]>>;

describe('data drift', () => {
  it('stays quiet over an hour of stationary traffic, also beside a reference of 100 rows', () => {
    let raised = 0;
    for (const referenceRows of [100, 1000])
      for (let run = 0; run < 4; run += 1) {
        const normal = normals(100 * referenceRows + run + 1);
        const monitor = create(numbers(8, referenceRows, normal), {}, { window: { count: 500 } });
        for (let window = 0; window < 60; window += 1) {
          feed(monitor, numbers(8, 500, normal));
          if (drifted(monitor).length > 0) raised += 1;
        }
      }
    expect(raised).toBe(0);
  });

  it('finds a shift of half a standard deviation in one feature within two windows, and in that one alone', () => {
    for (let run = 1; run <= 20; run += 1) {
      const normal = normals(run);
      const monitor = create(numbers(8, 1000, normal));
      for (let window = 0; window < 2; window += 1) {
        const columns = numbers(8, 1000, normal);
        feed(monitor, { ...columns, f3: (columns['f3'] ?? []).map((x) => x + 0.5) });
      }
      expect(drifted(monitor)).toEqual(['f3']);
    }
  });

  it('takes a weak difference for drift only when the next window shows it too, and then adds both up', () => {
    const monitor = create({ load: ramp(1000) }, {}, { window: { count: 200 } });
    const moved = ramp(200).map((x) => x * 0.88 + 0.11);
    const seen = [1, 2, 3].map(() => {
      feed(monitor, { load: moved });
      return findingOf(monitor, 'load');
    });
    expect(seen.map((finding) => finding?.status)).toEqual(['ok', 'warning', 'critical']);
    expect(seen[0]?.summary).toContain('another has to confirm it');
    expect(seen.map((finding) => finding?.detail['suspectWindows'])).toEqual([1, 2, 3]);
    feed(monitor, { load: ramp(200) });
    expect(findingOf(monitor, 'load')).toMatchObject({ status: 'ok', detail: { suspectWindows: 0 } });
  });

  it('does not call a difference drift that is beyond chance and too small to matter', () => {
    const monitor = create({ load: ramp(16_000) }, {}, { window: { count: 10_000 } });
    for (let window = 0; window < 3; window += 1) feed(monitor, { load: ramp(10_000).map((x) => x + 0.02) });
    const finding = findingOf(monitor, 'load');
    expect(finding?.status).toBe('ok');
    expect(finding?.pValue).toBeLessThan(0.001);
    expect(finding?.effect).toBeLessThan(0.1);
  });

  it('holds a verdict until the next window is full, and judges every row once', () => {
    const monitor = create({ load: ramp(1000) });
    feed(monitor, { load: ramp(999) });
    expect(findingOf(monitor, 'load')).toMatchObject({ status: 'insufficient-data', n: 999, pValue: null });
    feed(monitor, { load: [0.5, ...ramp(900).map((x) => x + 5)] });
    expect(monitor.evaluate(0)).toMatchObject({ window: { n: 1000 } });
    expect(findingOf(monitor, 'load')?.status).toBe('ok');
    feed(monitor, { load: ramp(100) });
    expect(findingOf(monitor, 'load')).toMatchObject({ status: 'critical', n: 1000 });
  });

  it('judges what came when traffic is too thin to fill a window, but never fewer than minRows', () => {
    const monitor = create({ load: ramp(1000) });
    feed(monitor, { load: ramp(29) }, 0);
    expect(monitor.evaluate(400_000).findings[0]?.status).toBe('insufficient-data');
    feed(monitor, { load: ramp(11) }, 1000);
    expect(monitor.evaluate(299_000).findings[0]?.status).toBe('insufficient-data');
    expect(monitor.evaluate(300_000)).toMatchObject({ window: { from: 0, to: 1000, n: 40 } });
    feed(monitor, { load: ramp(5) }, 310_000);
    expect(monitor.evaluate(310_000)).toMatchObject({ window: { n: 40 } });
    expect(seriesOf(monitor, 'drift_window_rows', 310_000)).toEqual([5]);
  });

  it('measures statistic, p-values, effect and the share of drifted features', () => {
    const monitor = create({ load: ramp(1000), room: cycle(1000) }, { room: 'category' });
    feed(monitor, { load: ramp(1000).map((x) => x + 1), room: cycle(1000) });
    const { measurements } = monitor.evaluate(0);
    const measured = measurements.map(({ name, labels }) => `${name} ${Object.values(labels).join(' ')}`);
    expect(measured).toEqual([
      'drift_window_rows ',
      'drift_share ',
      'drift_statistic load chi-square',
      'drift_p_value load chi-square',
      'drift_p_adjusted load',
      'drift_effect load',
      'drift_statistic room chi-square',
      'drift_p_value room chi-square',
      'drift_p_adjusted room',
      'drift_effect room',
    ]);
    expect(seriesOf(monitor, 'drift_share')).toEqual([0.5]);
    expect(findingOf(monitor, 'dataset')).toMatchObject({ status: 'critical', value: 0.5, threshold: 0.3 });
    expect(findingOf(monitor, 'load')?.detail).toMatchObject({
      referenceRows: 1000,
      currentRows: 1000,
      effectMethod: 'wasserstein',
      missingShare: 0,
    });
    expect(findingOf(monitor, 'load')?.detail['currentCounts']).toHaveLength(10);
    expect(findingOf(monitor, 'room')?.detail['categories']).toEqual(['a', 'b', '(unseen)']);
  });

  it.each<[string, Columns, Columns, string]>([
    ['one outlier of 1e9', { x: ramp(1000) }, { x: [1e9, ...ramp(999)] }, 'ok'],
    [
      'a shift behind an outlier',
      { x: ramp(1000) },
      { x: [1e9, ...ramp(999).map((v) => v + 0.3)] },
      'critical',
    ],
    [
      'one row in twenty far outside',
      { x: ramp(1000) },
      { x: [...ramp(950), ...ramp(50).fill(99)] },
      'critical',
    ],
    ['a constant that stays', { x: ramp(1000).fill(1 / 3) }, { x: ramp(1000).fill(1 / 3) }, 'ok'],
    ['a constant that rises', { x: ramp(1000).fill(3) }, { x: ramp(1000).fill(4) }, 'critical'],
    ['a constant that falls', { x: ramp(1000).fill(3) }, { x: ramp(1000).fill(-4) }, 'critical'],
    ['one row beside a constant', { x: ramp(1000).fill(3) }, { x: [4, ...ramp(999).fill(3)] }, 'ok'],
    ['whole numbers that stay', { x: ramp(1000).map(whole) }, { x: ramp(1000).map(whole) }, 'ok'],
    ['only missing values', { x: ramp(1000) }, { x: gaps(1000) }, 'insufficient-data'],
    ['missing values among the same', { x: ramp(1000) }, { x: [...ramp(500), ...gaps(500)] }, 'ok'],
    ['text where numbers were', { x: ramp(1000) }, { x: cycle(1000) }, 'insufficient-data'],
    ['no column at all', { x: ramp(1000) }, { other: ramp(1000) }, 'insufficient-data'],
    ['one row of an unseen category', { x: cycle(1000) }, { x: ['new', ...cycle(999)] }, 'ok'],
    [
      'many of an unseen category',
      { x: cycle(1000) },
      { x: [...gaps(100).map(() => 'new'), ...cycle(900)] },
      'critical',
    ],
    ['one category alone', { x: cycle(1000).fill('a') }, { x: cycle(1000).fill('a') }, 'ok'],
    ['booleans that stay', { x: cycle(1000).map(isA) }, { x: cycle(1000).map(isA) }, 'ok'],
    ['booleans that turn', { x: cycle(1000).map(isA) }, { x: cycle(1000).map(() => true) }, 'critical'],
    ['infinite and huge numbers', { x: ramp(1000) }, { x: ramp(1000).fill(Infinity) }, 'critical'],
  ])('judges %s rightly, without a number that is none', (_, reference, current, status) => {
    const kind = typeof reference['x']?.[0] === 'number' ? 'number' : 'category';
    const monitor = create(reference, { x: kind });
    feed(monitor, current);
    expect(findingOf(monitor, 'x')?.status).toBe(status);
    expect(JSON.stringify(monitor.evaluate(0))).not.toMatch(/NaN|Infinity|"value":null,"n"/);
    for (const { value } of monitor.evaluate(0).measurements) expect(Number.isFinite(value)).toBe(true);
  });

  it('reports how many values were missing, failed rows left out', () => {
    const monitor = create({ x: ramp(1000) }, {}, { window: { count: 100 } });
    const rows = Array.from({ length: 200 }, (_, i) => ({ failed: i >= 100 }));
    const x = [...ramp(75), ...gaps(25), ...ramp(100)];
    monitor.update([{ kind: 'prediction', batch: { ...predictionBatch(0, rows), features: { x } } }]);
    expect(findingOf(monitor, 'x')).toMatchObject({ n: 75, detail: { missingShare: 0.25 } });
    expect(seriesOf(monitor, 'drift_window_rows')).toEqual([0]);
  });

  it('says no-data without a reference', () => {
    const subject = { ...subjectOf({ x: ramp(100) }, {}), reference: undefined };
    const monitor = dataDriftMonitor.create(dataDriftMonitor.settings.parse({}), subject);
    feed(monitor, { x: ramp(999) });
    expect(monitor.evaluate(0).findings).toMatchObject([{ key: 'dataset', status: 'no-data', n: 999 }]);
  });

  it('compares by the method that is asked for, and refuses one there is not or that does not fit', () => {
    const reference = { x: ramp(1000), room: cycle(1000) };
    const kinds = { room: 'category' } as const;
    const monitor = create(reference, kinds, { methods: { x: 'jensen-shannon' }, method: 'chi-square' });
    feed(monitor, { x: ramp(1000), room: cycle(1000) });
    expect(findingOf(monitor, 'x')?.detail['effectMethod']).toBe('jensen-shannon');
    expect(findingOf(monitor, 'room')?.threshold).toBe(0);
    expect(dataDriftMonitor.settings.safeParse({ method: 'guess' }).success).toBe(false);
    expect(dataDriftMonitor.settings.safeParse({ window: { count: 20 } }).success).toBe(false);
    expect(() => create(reference, kinds, { methods: { room: 'wasserstein' } })).toThrow(
      'does not fit "room"',
    );
    expect(() => create(reference, kinds, { methods: { y: 'auto' } })).toThrow('no feature "y"');
  });

  it.each(DRIFT_METHODS)(
    'finds a moved number by %s, in two windows at most, and none that stayed',
    (method) => {
      const normal = normals(31);
      const monitor = create(numbers(4, 2000, normal), {}, { methods: { f2: method, f3: method } });
      for (let window = 0; window < 2; window += 1) {
        const columns = numbers(4, 1000, normal);
        feed(monitor, { ...columns, f3: (columns['f3'] ?? []).map((x) => x + 0.6) });
      }
      expect(drifted(monitor)).toEqual(['f3']);
      expect(findingOf(monitor, 'f2')?.status).toBe('ok');
    },
  );

  it.each(DRIFT_METHODS)('continues from a snapshot of a few kilobytes a feature by %s', (method) => {
    const normal = normals(32);
    const reference = numbers(1, 2000, normal);
    const settings = { method, window: { count: 100 } };
    const [whole, first] = [create(reference, {}, settings), create(reference, {}, settings)];
    const windows = [1, 2, 3, 4].map(() => ({ f0: Array.from({ length: 100 }, () => normal() + 0.5) }));
    for (const window of windows) feed(whole, window);
    for (const window of windows.slice(0, 3)) feed(first, window);
    feed(first, { f0: (windows[3]?.f0 ?? []).slice(0, 50) });
    const state = JSON.stringify(first.snapshot());
    expect(state.length).toBeLessThan(8 * 1024);
    const second = create(reference, {}, settings);
    second.restore(JSON.parse(state));
    feed(second, { f0: (windows[3]?.f0 ?? []).slice(50) });
    expect(second.evaluate(0)).toEqual(whole.evaluate(0));
    expect(findingOf(whole, 'f0')?.detail['suspectWindows']).toBeGreaterThan(1);
  });

  it.each<[string, string, number]>([
    ['psi', 'psi', 0.1],
    ['hellinger', 'hellinger', 0.1],
    ['energy', 'energy', 0.1],
    ['ks', 'wasserstein', 0.1],
  ])('measures %s by %s, from %d on, unless thresholds say otherwise', (method, effectMethod, threshold) => {
    const monitor = create({ x: ramp(1000) }, {}, { method });
    feed(monitor, { x: ramp(1000) });
    expect(findingOf(monitor, 'x')).toMatchObject({ threshold, detail: { effectMethod } });
    const set = create(
      { x: ramp(1000) },
      {},
      { method, thresholds: { psi: 0.3, hellinger: 0.3, energy: 0.3 } },
    );
    feed(set, { x: ramp(1000) });
    expect(findingOf(set, 'x')?.threshold).toBe(method === 'ks' ? 0.1 : 0.3);
  });

  it('takes a window for suspect only below the level that a test was given', () => {
    const moved = ramp(200).map((x) => x + 0.2);
    for (const [level, suspectWindows] of [
      [0.05, 1],
      [1e-12, 0],
    ]) {
      const thresholds = { ks: level };
      const monitor = create({ x: ramp(1000) }, {}, { method: 'ks', thresholds, window: { count: 200 } });
      feed(monitor, { x: moved });
      expect(findingOf(monitor, 'x')?.detail).toMatchObject({ method: 'ks', suspectWindows });
    }
    expect(dataDriftMonitor.settings.safeParse({ thresholds: { ks: 0 } }).error?.message).toContain('ks');
    expect(dataDriftMonitor.settings.safeParse({ thresholds: { guess: 1 } }).success).toBe(false);
  });

  it('compares two categories by their shares, and refuses methods that categories have no order or distance for', () => {
    const rooms = { x: ['a', 'b', 'c'].flatMap((room) => ramp(300).map(() => room)) };
    const fitting = ['auto', 'chi-square', 'g-test', 'psi', 'hellinger', 'jensen-shannon'];
    for (const method of DRIFT_METHODS) {
      const build = () => create(rooms, { x: 'category' }, { methods: { x: method } });
      if (fitting.includes(method)) expect(build).not.toThrow();
      else expect(build).toThrow(`"${method}" does not fit "x", which has 3 categories`);
    }
    for (const method of [...fitting, 'z-test']) {
      const monitor = create({ x: cycle(1000) }, { x: 'category' }, { methods: { x: method } });
      feed(monitor, { x: cycle(1000) });
      expect(findingOf(monitor, 'x')?.status).toBe('ok');
      feed(monitor, { x: [...cycle(400), ...gaps(600).map(() => 'a')] });
      expect(findingOf(monitor, 'x')?.status).toBe('critical');
    }
  });

  it('refuses the state of other features', () => {
    const state = create({ x: ramp(100) }).snapshot();
    expect(() => create({ y: ramp(100) }).restore(state)).toThrow('other columns');
    expect(() => create({ x: cycle(100) }, { x: 'category' }).restore(state)).toThrow('other categories');
  });

  it('judges a thousand features in bounded time and output, the drifted ones first', () => {
    const normal = normals(3);
    const columns = numbers(1000, 60, normal);
    const monitor = create(columns, {}, { window: { count: 200 } });
    for (let window = 0; window < 2; window += 1) {
      const current = Object.fromEntries(
        Object.keys(columns).map((name) => [name, Array.from({ length: 200 }, normal)]),
      );
      feed(monitor, { ...current, f998: ramp(200).fill(7) });
    }
    const { findings, measurements } = monitor.evaluate(0);
    expect(findings[0]).toMatchObject({ key: 'f998', status: 'critical' });
    expect(findings).toHaveLength(200);
    expect(measurements.length).toBeLessThanOrEqual(200);
    expect(drifted(monitor)).toEqual(['f998']);
  });
});

function subjectOf(columns: Columns, kinds: Readonly<Record<string, 'number' | 'category'>>) {
  const names = Object.keys(columns);
  const manifest = modelManifestSchema.parse({
    name: 'valve',
    title: 'Valve',
    task: 'regression',
    features: names.map((name) => ({ name, type: kinds[name] ?? 'number', categories: ['a'] })),
    inputs: [{ tensor: 'input', features: names }],
    outputs: { value: 'value' },
  });
  const profiles = names.map((name): [string, ReferenceProfile['features'][string]] => {
    const cells = columns[name] ?? [];
    return kinds[name] === 'category'
      ? [name, profileCategories([], cells.map(String))]
      : [name, profileNumbers(cells.map(Number))];
  });
  const reference: ReferenceProfile = { rows: 1, features: Object.fromEntries(profiles), outputs: {} };
  return { manifest, version: 1, reference };
}

function create(
  reference: Columns,
  kinds: Readonly<Record<string, 'number' | 'category'>> = {},
  settings: object = {},
): Monitor {
  return dataDriftMonitor.create(dataDriftMonitor.settings.parse(settings), subjectOf(reference, kinds));
}

function feed(monitor: Monitor, columns: Columns, at = 0): void {
  const [first = []] = Object.values(columns);
  const features = Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, [...cells]]));
  const batch = predictionBatch(
    at,
    first.map(() => ({})),
  );
  monitor.update([{ kind: 'prediction', batch: { ...batch, features } }]);
}

function findingOf(monitor: Monitor, key: string): Finding | undefined {
  return monitor.evaluate(0).findings.find((finding) => finding.key === key);
}

function drifted(monitor: Monitor): string[] {
  return monitor
    .evaluate(0)
    .findings.filter(
      ({ key, status }) => key !== 'dataset' && (status === 'warning' || status === 'critical'),
    )
    .map(({ key }) => key);
}

function seriesOf(monitor: Monitor, name: string, now = 0): number[] {
  const { measurements } = monitor.evaluate(now);
  return measurements.filter((measurement) => measurement.name === name).map(({ value }) => value);
}

function normals(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function numbers(features: number, rows: number, draw: () => number): Record<string, number[]> {
  return Object.fromEntries(
    Array.from({ length: features }, (_, i) => [`f${i}`, Array.from({ length: rows }, draw)]),
  );
}

/** Evenly from 0 to 1. */
function ramp(rows: number): number[] {
  return Array.from({ length: rows }, (_, i) => (i + 0.5) / rows);
}

function cycle(rows: number): string[] {
  return Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? 'a' : 'b'));
}

function gaps(rows: number): null[] {
  return Array.from({ length: rows }, () => null);
}

function whole(value: number): number {
  return Math.floor(value * 4);
}

function isA(value: string): boolean {
  return value === 'a';
}

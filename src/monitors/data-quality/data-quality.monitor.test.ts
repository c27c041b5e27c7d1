// What counts as bad input, what does not, and that a thousand features change neither the answer nor the speed of it.
import { describe, expect, it } from 'vitest';
import { predictionBatch, seededRandom } from '../../../test/support/monitor-batches.js';
import { modelManifestSchema } from '../../manifest/model-manifest.js';
import { profileCategories, profileNumbers } from '../../training/reference-profile.js';
import type { Monitor, MonitorSubject, ReferenceProfile } from '../monitor.js';
import { dataQualityMonitor } from './data-quality.monitor.js';

type Row = Readonly<Record<string, string | number | boolean | null>>;

const FEATURES = [
  { name: 'load', type: 'number', min: 0, max: 100 },
  { name: 'people', type: 'integer' },
  { name: 'room', type: 'category', categories: ['office', 'kitchen'] },
  { name: 'open', type: 'boolean' },
  { name: 'note', type: 'text' },
];

function subjectOf(
  features: readonly object[] = FEATURES,
  profiles?: ReferenceProfile['features'],
): MonitorSubject {
  const manifest = modelManifestSchema.parse({
    ...{ name: 'valve', title: 'Valve', task: 'regression', features },
    inputs: [{ tensor: 'input', features: features.map((feature) => (feature as { name: string }).name) }],
    outputs: { value: 'value' },
  });
  const reference = profiles === undefined ? undefined : { rows: 1000, features: profiles, outputs: {} };
  return { manifest, version: 1, reference };
}

function create(subject = subjectOf(), settings: object = {}): Monitor {
  return dataQualityMonitor.create(dataQualityMonitor.settings.parse(settings), subject);
}

function feed(monitor: Monitor, rows: readonly Row[], at = 1000): void {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const features = Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)]));
  const batch = {
    ...predictionBatch(
      at,
      rows.map(() => ({})),
    ),
    features,
  };
  monitor.update([{ kind: 'prediction', batch }]);
}

const soundRow = (i: number): Row => ({
  ...{ load: (i * 7.3) % 100, people: i % 9, room: i % 3 === 0 ? 'office' : 'kitchen' },
  ...{ open: i % 2 === 0, note: `n${i}` },
});
const rowsOf = (n: number, changed: (i: number) => Row = () => ({})) =>
  Array.from({ length: n }, (_, i) => ({ ...soundRow(i), ...changed(i) }));

function findingsOf(rows: readonly Row[], subject?: MonitorSubject, settings?: object) {
  const monitor = create(subject, settings);
  feed(monitor, rows);
  return new Map(monitor.evaluate(1000).findings.map((finding) => [finding.key, finding]));
}

const everyFifth = (i: number, cell: Row): Row => (i % 5 === 0 ? cell : {});

describe('data quality', () => {
  it('finds nothing in sound rows, and measures every share as none', () => {
    const monitor = create();
    feed(monitor, rowsOf(1000));
    const { findings, measurements, window } = monitor.evaluate(1000);
    expect(findings.map(({ status }) => status)).toEqual(findings.map(() => 'ok'));
    expect(new Set(measurements.map(({ name }) => name))).toEqual(
      new Set(['missing_ratio', 'out_of_range_ratio', 'unseen_category_ratio', 'duplicate_ratio']),
    );
    expect(measurements.every(({ value }) => value === 0)).toBe(true);
    expect(window).toEqual({ from: 1000, to: 1000, n: 1000 });
  });

  it.each([
    ['load:missing', { load: null }],
    ['load:out-of-range', { load: 100.1 }],
    ['load:out-of-range', { load: -1 }],
    ['room:unseen-category', { room: 'attic' }],
    ['load:wrong-type', { load: '7' }],
    ['people:wrong-type', { people: 1.5 }],
    ['room:wrong-type', { room: 3 }],
    ['open:wrong-type', { open: 'true' }],
    ['note:wrong-type', { note: true }],
    ['note:missing', { note: null }],
    ['load:missing', { load: Number.NaN }],
  ])('finds %s alone when a fifth of the rows has %j', (key, cell) => {
    const found = findingsOf(rowsOf(1000, (i) => everyFifth(i, cell)));
    const bad = [...found.values()].filter(({ status }) => status === 'warning' || status === 'critical');
    expect(bad.map((finding) => finding.key)).toEqual([key]);
    expect(bad[0]?.value).toBeCloseTo(0.2, 10);
    expect(bad[0]?.summary).toContain('20.0%');
  });

  it('is critical when the share is far above its threshold, whatever is missing', () => {
    const found = findingsOf(rowsOf(1000, () => ({ load: null })));
    expect(found.get('load:missing')).toMatchObject({ status: 'critical', value: 1 });
    expect(found.get('load:out-of-range')).toMatchObject({ status: 'no-data', value: null, n: 0 });
  });

  it('bears a window in which every value of every feature is missing', () => {
    const monitor = create();
    feed(
      monitor,
      rowsOf(1000, () => ({ load: null, people: null, room: null, open: null, note: null })),
    );
    const { measurements, findings } = monitor.evaluate(1000);
    expect(measurements.map(({ value }) => value).sort()).toEqual([0.999, 1, 1, 1, 1, 1]);
    expect(
      findings.filter(({ key }) => key.endsWith(':missing')).every(({ status }) => status === 'critical'),
    ).toBe(true);
  });

  it('expects what the reference lacks too, and never minds fewer', () => {
    const features = {
      load: { ...profileNumbers(Array.from({ length: 700 }, (_, i) => i / 7)), missing: 300 },
    };
    const missing = (share: number) =>
      findingsOf(
        rowsOf(1000, (i) => (i % 100 < share ? { load: null } : {})),
        subjectOf(FEATURES, features),
      ).get('load:missing');
    expect(missing(30)).toMatchObject({ status: 'ok', threshold: 0.35 });
    expect(missing(0)?.status).toBe('ok');
    expect(missing(45)).toMatchObject({ status: 'warning', threshold: 0.35 });
  });

  it('expects values beyond the range and the list where the reference has them', () => {
    const features = {
      load: profileNumbers(Array.from({ length: 1000 }, (_, i) => i / 8)),
      room: profileCategories(
        ['office'],
        Array.from({ length: 1000 }, (_, i) => (i % 4 === 0 ? 'attic' : 'office')),
      ),
    };
    const found = findingsOf(
      rowsOf(1000, (i) => everyFifth(i, { load: 120, room: 'attic' })),
      subjectOf(FEATURES, features),
    );
    expect(found.get('load:out-of-range')?.status).toBe('ok');
    expect(found.get('room:unseen-category')?.status).toBe('ok');
  });

  it('finds a number that stands still where it varied, unless that value is common in the reference', () => {
    const varied = profileNumbers(Array.from({ length: 1000 }, (_, i) => i / 10));
    const mostlyZero = profileNumbers(Array.from({ length: 1000 }, (_, i) => (i % 50 === 0 ? i : 0)));
    const still = (profile: ReferenceProfile['features'][string], load: number, n = 1000) =>
      findingsOf(
        rowsOf(n, () => ({ load })),
        subjectOf(FEATURES, { load: profile }),
        { window: { count: n } },
      ).get('load:constant')?.status;
    expect(still(varied, 21.5)).toBe('warning');
    expect(still(varied, 21.5, 99)).toBe('insufficient-data');
    expect(still(mostlyZero, 0, 100)).toBe('ok');
    expect(still(mostlyZero, 50, 100)).toBe('warning');
    expect(still(profileNumbers([3, 3, 3]), 7)).toBeUndefined();
    expect(findingsOf(rowsOf(1000), subjectOf(FEATURES, { load: varied })).get('load:constant')?.status).toBe(
      'ok',
    );
  });

  it('finds a category and a boolean that stand still where they varied, unlike what the manifest lacks', () => {
    const room = profileCategories(
      ['office', 'kitchen'],
      Array.from({ length: 1000 }, (_, i) => (i % 3 === 0 ? 'office' : 'kitchen')),
    );
    const open = profileCategories(
      ['false', 'true'],
      Array.from({ length: 1000 }, (_, i) => String(i % 100 === 0)),
    );
    const still = (changed: Row, n = 200) =>
      findingsOf(
        rowsOf(n, () => changed),
        subjectOf(FEATURES, { room, open }),
        { window: { count: n } },
      );
    const found = still({ room: 'office', open: true });
    expect(found.get('room:constant')).toMatchObject({ status: 'warning', detail: { value: 'office' } });
    expect(found.get('open:constant')).toMatchObject({ status: 'warning', detail: { value: true } });
    const unseen = still({ room: 'attic' });
    expect(unseen.get('room:constant')?.status).toBe('ok');
    expect(unseen.get('room:unseen-category')?.status).toBe('critical');
    // It nearly always is false.
    expect(still({ open: false }).get('open:constant')?.status).toBe('ok');
    expect(still({}).get('room:constant')?.status).toBe('ok');
    expect(still({}).get('open:constant')?.status).toBe('ok');
  });

  it('wants more certainty of one feature among many', () => {
    const missing = (features: readonly object[]) =>
      findingsOf(
        rowsOf(1000, (i) => (i % 13 === 0 ? { load: null } : {})),
        subjectOf(features),
      ).get('load:missing');
    const more = Array.from({ length: 60 }, (_, i) => ({ name: `x${i}`, type: 'number' }));
    expect(missing(FEATURES)?.status).toBe('warning');
    expect(missing([...FEATURES, ...more])?.status).toBe('ok');
  });

  it('counts rows that came before in the window, and finds a sender that repeats itself', () => {
    const found = findingsOf(rowsOf(1000, (i) => soundRow(i % 20)));
    expect(found.get('duplicates')).toMatchObject({ status: 'warning', value: 0.98 });
    expect(findingsOf(rowsOf(1000, (i) => soundRow(i % 300))).get('duplicates')).toMatchObject({
      status: 'ok',
      value: 0.7,
    });
    const categories = subjectOf([{ name: 'room', type: 'category', categories: ['office'] }]);
    expect(
      findingsOf(
        rowsOf(1000, () => ({ room: 'office' })),
        categories,
      ).has('duplicates'),
    ).toBe(false);
  });

  it('judges no window before it is over, nor one with too few rows', () => {
    expect(findingsOf(rowsOf(999, () => ({ load: null }))).get('load:missing')?.status).toBe(
      'insufficient-data',
    );
    const few = findingsOf(
      rowsOf(20, () => ({ load: null })),
      subjectOf(),
      { window: { count: 20 } },
    );
    expect(few.get('load:missing')?.status).toBe('insufficient-data');
    const monitor = create();
    feed(
      monitor,
      rowsOf(30, () => ({ load: null })),
    );
    expect(monitor.evaluate(301_000).findings[0]?.status).toBe('critical');
  });

  it('forgets a window as a whole: after a sound one nothing is left of a bad one', () => {
    const monitor = create();
    feed(
      monitor,
      rowsOf(1000, () => ({ load: null })),
    );
    feed(monitor, rowsOf(1000), 2000);
    expect(monitor.evaluate(2000).findings.every(({ status }) => status === 'ok')).toBe(true);
  });

  it('takes a column that is not there, or is called as what every object inherits, for missing', () => {
    const subject = subjectOf([{ name: 'constructor', type: 'number' }]);
    expect(findingsOf(rowsOf(1000), subject).get('constructor:missing')).toMatchObject({ value: 1 });
  });

  it('refuses the state of a model with other features', () => {
    const other = create(subjectOf([{ name: 'load', type: 'text' }])).snapshot();
    expect(() => create(subjectOf([{ name: 'load', type: 'number' }])).restore(other)).toThrow(
      'other features',
    );
  });

  it('raises no alarm over long stable traffic that is a little below its thresholds', () => {
    const random = seededRandom(5);
    const monitor = create();
    let alarms = 0;
    for (let window = 0; window < 100; window += 1) {
      const rows = rowsOf(1000, () =>
        random() < 0.045 ? { load: null } : random() < 0.008 ? { room: 'attic' } : {},
      );
      feed(monitor, rows, 1000 + window);
      const { findings } = monitor.evaluate(1000 + window);
      if (findings.some(({ status }) => status === 'warning')) alarms += 1;
    }
    expect(alarms).toBe(0);
  });
});

describe('data quality of a thousand features', () => {
  const names = Array.from({ length: 1000 }, (_, i) => `f${i}`);
  const profile = profileNumbers(Array.from({ length: 101 }, (_, i) => i));
  const subject = () =>
    subjectOf(
      names.map((name) => ({ name, type: 'number', min: 0, max: 100 })),
      Object.fromEntries(names.map((name) => [name, profile])),
    );
  const fill = (monitor: Monitor, rows: number, cellOf: (feature: number, row: number) => number | null) => {
    const features = Object.fromEntries(
      names.map((name, feature) => [name, Array.from({ length: rows }, (_, row) => cellOf(feature, row))]),
    );
    const batch = {
      ...predictionBatch(
        1000,
        Array.from({ length: rows }, () => ({})),
      ),
      features,
    };
    const begun = performance.now();
    monitor.update([{ kind: 'prediction', batch }]);
    return performance.now() - begun;
  };

  it('reports the worst within the bounds of an evaluation, and says how many it left out', () => {
    const monitor = create(subject(), { window: { count: 200 } });
    fill(monitor, 200, (feature, row) => (feature >= 990 ? null : (feature + row) % 101));
    const { findings, measurements } = monitor.evaluate(1000);
    expect(findings).toHaveLength(200);
    expect(measurements).toHaveLength(200);
    expect(findings.slice(0, 10).map(({ key, status }) => [key, status])).toEqual(
      names.slice(990).map((name) => [`${name}:missing`, 'critical']),
    );
    expect(measurements.filter(({ value }) => value === 1).map(({ labels }) => labels['feature'])).toEqual(
      names.slice(990),
    );
    expect(findings.at(-1)).toMatchObject({ key: 'others', value: 0, status: 'ok' });
  });

  it('warns when bad findings are among those left out', () => {
    const monitor = create(subject(), { window: { count: 200 } });
    fill(monitor, 200, () => null);
    expect(monitor.evaluate(1000).findings.at(-1)).toMatchObject({
      key: 'others',
      status: 'warning',
      value: 802,
    });
  });

  it('counts at least half a million values a second, and evaluates and restores within moments', () => {
    const monitor = create(subject());
    fill(monitor, 100, (feature, row) => (feature + row) % 101);
    const tookMs = fill(monitor, 900, (feature, row) => (feature * row) % 101);
    expect(900_000 / (tookMs / 1000)).toBeGreaterThan(500_000);
    const begun = performance.now();
    monitor.evaluate(1000);
    expect(performance.now() - begun).toBeLessThan(500);
    const text = JSON.stringify(monitor.snapshot());
    expect(text.length).toBeLessThan(256 * 1024);
    const other = create(subject());
    other.restore(JSON.parse(text));
    expect(JSON.stringify(other.snapshot())).toBe(text);
    expect(other.evaluate(1000)).toEqual(monitor.evaluate(1000));
  });
});

// When inputs far from the reference are found, and that long tails, small windows and missing references are not.
import { describe, expect, it } from 'vitest';
import { predictionBatch, seededRandom } from '../../../test/support/monitor-batches.js';
import { modelManifestSchema } from '../../manifest/model-manifest.js';
import { profileNumbers } from '../../training/reference-profile.js';
import type { Monitor, MonitorSubject, ReferenceProfile } from '../monitor.js';
import { outlierMonitor } from './outlier.monitor.js';

type Columns = Readonly<Record<string, readonly (number | string | null)[]>>;
type Profiles = ReferenceProfile['features'];

function create(
  profiles: Profiles | undefined,
  settings: object = {},
  names = Object.keys(profiles ?? { load: 0 }),
) {
  const manifest = modelManifestSchema.parse({
    ...{ name: 'valve', title: 'Valve', task: 'regression' },
    features: names.map((name) => ({ name, type: 'number' })),
    inputs: [{ tensor: 'input', features: names }],
    outputs: { value: 'value' },
  });
  const reference = profiles === undefined ? undefined : { rows: 1000, features: profiles, outputs: {} };
  const subject: MonitorSubject = { manifest, version: 1, reference };
  return outlierMonitor.create(outlierMonitor.settings.parse(settings), subject);
}

function feed(monitor: Monitor, columns: Columns, at = 1000): void {
  const rows = Math.max(...Object.values(columns).map(({ length }) => length));
  const features = Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, [...cells]]));
  const batch = {
    ...predictionBatch(
      at,
      Array.from({ length: rows }, () => ({})),
    ),
    features,
  };
  monitor.update([{ kind: 'prediction', batch }]);
}

const normal = (random: () => number) =>
  Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
const draw = (n: number, of: (random: () => number) => number, seed = 3) => {
  const random = seededRandom(seed);
  return Array.from({ length: n }, () => of(random));
};
const NORMAL = profileNumbers(draw(1000, normal));
const findingOf = (monitor: Monitor) => monitor.evaluate(1000).findings[0];

describe('outliers', () => {
  it('finds nothing in inputs like the reference, and measures them as none', () => {
    const monitor = create({ load: NORMAL });
    feed(monitor, { load: draw(1000, normal, 9) });
    expect(findingOf(monitor)).toMatchObject({
      key: 'ratio',
      status: 'ok',
      value: 0,
      threshold: 0.02,
      n: 1000,
    });
    expect(monitor.evaluate(1000).measurements.map(({ name, value }) => [name, value])).toEqual([
      ['outlier_ratio', 0],
      ['outlier_judged_ratio', 1],
    ]);
  });

  it('finds inputs far away in any one feature, and names the five farthest with distance and feature', () => {
    const monitor = create({ load: NORMAL, flow: NORMAL });
    const flow = draw(1000, normal, 5).map((value, i) => (i % 20 === 0 ? 20 + i / 100 : value));
    feed(monitor, { load: draw(1000, normal, 9), flow });
    const finding = findingOf(monitor);
    expect(finding).toMatchObject({ status: 'warning', value: 0.05, threshold: 0.02 });
    const farthest = finding?.detail['farthest'];
    expect(farthest).toMatchObject(
      [980, 960, 940, 920, 900].map((row) => ({ id: `1000-${row}`, feature: 'flow' })),
    );
    const scale =
      (NORMAL.kind === 'numeric' ? (NORMAL.quantiles[75] ?? 0) - (NORMAL.quantiles[25] ?? 0) : 0) / 1.349;
    const median = NORMAL.kind === 'numeric' ? (NORMAL.quantiles[50] ?? 0) : 0;
    expect((farthest as { distance: number }[])[0]?.distance).toBeCloseTo((29.8 - median) / scale, 10);
  });

  it('is critical when many are far', () => {
    const monitor = create({ load: NORMAL });
    feed(monitor, { load: draw(1000, (random) => (random() < 0.2 ? -50 : 0)) });
    expect(findingOf(monitor)).toMatchObject({ status: 'critical', threshold: 0.1 });
  });

  it.each([
    ['exponential', (random: () => number) => -Math.log(random()), 10],
    ['log-normal', (random: () => number) => Math.exp(normal(random)), 4],
    ['Cauchy', (random: () => number) => Math.tan(Math.PI * (random() - 0.5)), 3],
  ])('raises no alarm over stable %s features, whose long tails the reference knows', (_, of, count) => {
    const names = Array.from({ length: count }, (__, i) => `f${i}`);
    const monitor = create(
      Object.fromEntries(names.map((name, i) => [name, profileNumbers(draw(2000, of, i + 1))])),
    );
    const threshold = findingOf(monitor)?.threshold ?? 1;
    expect(threshold).toBeLessThan(0.02 + 0.01 * count);
    let alarms = 0;
    for (let window = 0; window < 50; window += 1) {
      feed(
        monitor,
        Object.fromEntries(names.map((name, i) => [name, draw(1000, of, 100 + window * 20 + i)])),
      );
      if (findingOf(monitor)?.status !== 'ok') alarms += 1;
    }
    expect(alarms).toBe(0);
  });

  it('measures by a wider range where half of the reference is one number, and not at all where all is', () => {
    const mostlyZero = profileNumbers(Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? i : 0)));
    const monitor = create({ rain: mostlyZero, still: profileNumbers([3, 3, 3]) });
    feed(monitor, {
      rain: Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? i : 0)),
      still: Array(1000).fill(99) as number[],
    });
    expect(findingOf(monitor)).toMatchObject({ status: 'ok', value: 0 });
    feed(monitor, { rain: Array(1000).fill(1e5) as number[] });
    expect(findingOf(monitor)).toMatchObject({ status: 'critical', value: 1 });
  });

  it('judges no row without a number, and says how many it judged', () => {
    const monitor = create({ load: NORMAL });
    const cells = Array.from({ length: 1000 }, (_, i) => [0, null, 'text', Number.NaN][i % 4] ?? null);
    feed(monitor, { load: cells });
    expect(findingOf(monitor)).toMatchObject({ status: 'ok', n: 250 });
    expect(monitor.evaluate(1000).measurements.map(({ value }) => value)).toEqual([0, 0.25]);
    const empty = create({ load: NORMAL });
    feed(empty, { load: Array(1000).fill(null) as null[] });
    expect(findingOf(empty)).toMatchObject({ status: 'no-data', n: 0, value: null });
  });

  it('says that it has nothing to compare with, or not enough', () => {
    const blind = create(undefined);
    feed(blind, { load: draw(1000, normal) });
    expect(findingOf(blind)).toMatchObject({ status: 'no-data', value: null });
    const few = create({ load: NORMAL });
    feed(few, { load: Array(999).fill(99) as number[] });
    expect(findingOf(few)).toMatchObject({ status: 'insufficient-data', value: 1 });
    const small = create({ load: NORMAL }, { window: { count: 20 } });
    feed(small, { load: Array(20).fill(99) as number[] });
    expect(findingOf(small)?.status).toBe('insufficient-data');
  });

  it('bears numbers of any size, and continues from a snapshot exactly', () => {
    const monitor = create({ load: NORMAL });
    feed(monitor, { load: [1e308, -1e308, 5, 1e308, 2, 3, 3, 4] });
    feed(monitor, { load: draw(1000, normal) });
    const text = JSON.stringify(monitor.snapshot());
    const other = create({ load: NORMAL });
    other.restore(JSON.parse(text));
    expect(JSON.stringify(other.snapshot())).toBe(text);
    expect(other.evaluate(1000)).toEqual(monitor.evaluate(1000));
    expect(findingOf(other)?.detail['farthest']).toMatchObject([
      { id: '1000-0', distance: 1e9 },
      { id: '1000-1', distance: 1e9 },
      { id: '1000-3', distance: 1e9 },
      { id: '1000-2' },
      { id: '1000-7' },
    ]);
  });

  it('refuses a state that another reference measured', () => {
    const state = create({ load: profileNumbers([1, 2, 3]) }).snapshot();
    expect(() => create({ load: NORMAL }).restore(state)).toThrow('another reference');
  });

  it('counts a thousand features of a window within a second', () => {
    const names = Array.from({ length: 1000 }, (_, i) => `f${i}`);
    const monitor = create(Object.fromEntries(names.map((name) => [name, NORMAL])));
    const columns = Object.fromEntries(
      names.map((name, i) => [name, draw(500, (random) => random(), i + 1)]),
    );
    const begun = performance.now();
    feed(monitor, columns);
    feed(monitor, columns);
    monitor.evaluate(1000);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

// The whole is watched as before, each segment by its own rows and labels, and what the parts say stays within bounds.
import { describe, expect, it } from 'vitest';
import {
  monitorSubject,
  predictionBatch,
  traffic,
  type TestRow,
} from '../../../test/support/monitor-batches.js';
import { modelManifestSchema } from '../../manifest/model-manifest.js';
import { classDistributionMonitor } from '../class-distribution/class-distribution.monitor.js';
import { conceptDriftMonitor } from '../concept-drift/concept-drift.monitor.js';
import { errorRateMonitor } from '../error-rate/error-rate.monitor.js';
import { latencyMonitor } from '../latency/latency.monitor.js';
import type { Evaluation, Finding, Monitor, MonitorDefinition, MonitorEvent } from '../monitor.js';
import { performanceMonitor } from '../performance/performance.monitor.js';
import { segmented } from './segmented.js';

const BY_REGION = { segmentBy: 'metadata.region' };
const subject = monitorSubject({ labels: { off: 600, on: 400 } });

function create(definition: MonitorDefinition, settings: Record<string, unknown> = BY_REGION): Monitor {
  const repeated = segmented(definition, subject.manifest);
  return repeated.create(repeated.settings.parse(settings), subject);
}
const inRegion = (region: unknown, n: number, row: TestRow = {}): TestRow[] =>
  Array.from({ length: n }, () => ({ ...row, metadata: { region } }));
const predicted = (rows: readonly TestRow[], at = 1000): MonitorEvent => ({
  kind: 'prediction',
  batch: predictionBatch(at, rows),
});
const labelled = (region: string | undefined, n: number, truth: string): MonitorEvent => ({
  kind: 'feedback',
  batch: {
    ...{ v: 1, model: 'valve', receivedAt: 2000 },
    items: Array.from({ length: n }, (_, i) => ({
      ...{ id: `f${i}`, predictionId: `${region}-${truth}-${i}`, version: 1, predictedAt: 1000 + i },
      ...{ predicted: { label: 'off' }, truth: { label: truth } },
      ...(region !== undefined && { segments: { 'metadata.region': region } }),
    })),
  },
});
const findingOf = ({ findings }: Evaluation, key: string): Finding | undefined =>
  findings.find((finding) => finding.key === key);

describe('a monitor repeated by segment', () => {
  it('says of the whole exactly what it says without segments', () => {
    const alone = latencyMonitor.create(latencyMonitor.settings.parse({}), subject);
    const repeated = create(latencyMonitor);
    for (const batch of traffic(300))
      for (const monitor of [alone, repeated]) monitor.update([{ kind: 'prediction', batch }]);
    const [own, joined] = [alone.evaluate(2e12), repeated.evaluate(2e12)];
    expect(joined.window).toEqual(own.window);
    expect(joined.measurements.slice(0, own.measurements.length)).toEqual(own.measurements);
    expect(joined.findings.slice(0, own.findings.length)).toEqual(own.findings);
  });

  it('measures each segment by its own rows, under the label, and finds under its name', () => {
    const monitor = create(errorRateMonitor);
    monitor.update([predicted([...inRegion('north', 200), ...inRegion('a/b', 100, { failed: true })])]);
    const evaluation = monitor.evaluate(1000);
    const ratios = evaluation.measurements.map(({ labels, value, n }) => [labels['segment'], value, n]);
    expect(ratios).toEqual(
      expect.arrayContaining([
        [undefined, 1 / 3, 300],
        ['north', 0, 200],
        ['a/b', 1, 100],
      ]),
    );
    expect(findingOf(evaluation, 'segment=north/ratio')?.status).toBe('ok');
    expect(findingOf(evaluation, 'segment=a%2Fb/ratio')).toMatchObject({
      status: 'critical',
      summary: 'metadata.region "a/b": 100 of 100 predictions failed, surely more than 20%',
      detail: { segmentBy: 'metadata.region', segment: 'a/b', failed: 100 },
    });
  });

  it('splits by features too: categories, booleans and whole numbers', () => {
    const features = [
      { name: 'room', type: 'category', categories: ['office'] },
      { name: 'open', type: 'boolean' },
      { name: 'floor', type: 'integer' },
    ];
    const manifest = modelManifestSchema.parse({
      ...{ name: 'valve', title: 'Valve', task: 'regression', features, outputs: { value: 'value' } },
      inputs: [{ tensor: 'input', features: ['room', 'open', 'floor'] }],
    });
    const repeated = segmented(errorRateMonitor, manifest);
    const batch = predictionBatch(1000, inRegion('north', 90));
    const cells = (values: readonly (string | boolean | number | null)[]) =>
      batch.ids.map((_, row) => values[row % 2] ?? null);
    const rooms = { room: cells(['office', 'attic']), open: cells([true, null]), floor: cells([0, -1]) };
    for (const [segmentBy, segments] of [
      ['room', ['office', 'attic']],
      ['open', ['true']],
      ['floor', ['0', '-1']],
    ] as const) {
      const monitor = repeated.create(repeated.settings.parse({ segmentBy }), { ...subject, manifest });
      monitor.update([{ kind: 'prediction', batch: { ...batch, features: rooms } }]);
      const evaluation = monitor.evaluate(1000);
      for (const name of segments) expect(findingOf(evaluation, `segment=${name}/ratio`)?.n).toBe(45);
      expect(findingOf(evaluation, 'segment=*/traffic')?.detail['watched']).toEqual(segments);
    }
  });

  it('puts a label with the segment its item names, and one that names none with the whole alone', () => {
    const monitor = create(performanceMonitor, { ...BY_REGION, minAccuracy: 0.8 });
    monitor.update([predicted([...inRegion('north', 100), ...inRegion('south', 100)])]);
    monitor.update([
      labelled('north', 40, 'on'),
      labelled('south', 400, 'off'),
      labelled(undefined, 50, 'off'),
    ]);
    const evaluation = monitor.evaluate(3000);
    expect(findingOf(evaluation, 'accuracy')).toMatchObject({ status: 'ok', n: 490 });
    expect(findingOf(evaluation, 'segment=north/accuracy')).toMatchObject({
      status: 'critical',
      value: 0,
      n: 40,
    });
    expect(findingOf(evaluation, 'segment=south/accuracy')).toMatchObject({ status: 'ok', value: 1, n: 400 });
  });

  it('tells segments of a monitor of feedback alone by the predictions, which it does not get itself', () => {
    const monitor = create(conceptDriftMonitor);
    monitor.update([predicted(inRegion('north', 50)), labelled('north', 60, 'off')]);
    expect(findingOf(monitor.evaluate(3000), 'segment=north/error')).toMatchObject({ status: 'ok', n: 60 });
  });

  it('compares a segment with its own first predictions, not with the reference of all', () => {
    const monitor = create(classDistributionMonitor, { ...BY_REGION, segments: { referenceRows: 200 } });
    const north = (on: number, off: number) =>
      predicted([...inRegion('north', on, { label: 'on' }), ...inRegion('north', off, { label: 'off' })]);
    monitor.update([north(10, 90)]);
    expect(findingOf(monitor.evaluate(1000), 'segment=north/reference')).toMatchObject({
      status: 'insufficient-data',
      n: 100,
      summary: 'metadata.region "north": 100 predictions have come of the 200 that become its reference',
    });
    monitor.update([north(10, 90), north(20, 180)]);
    const before = findingOf(monitor.evaluate(1000), 'segment=north/distribution');
    expect(before).toMatchObject({ status: 'ok', n: 200, detail: { reference: { on: 20, off: 180 } } });
    monitor.update([north(200, 0)]);
    expect(findingOf(monitor.evaluate(1000), 'segment=north/distribution')?.status).toBe('critical');
  });

  it('stops speaking of a segment that lost its place, and begins afresh with the one that took it', () => {
    const monitor = create(errorRateMonitor, { ...BY_REGION, segments: { top: 1, reviewRows: 100 } });
    monitor.update([predicted(inRegion('old', 200, { failed: true }))]);
    expect(findingOf(monitor.evaluate(1000), 'segment=old/ratio')?.status).toBe('critical');
    for (let i = 0; i < 10; i += 1) monitor.update([predicted(inRegion('new', 100))]);
    const evaluation = monitor.evaluate(1000);
    expect(findingOf(evaluation, 'segment=old/ratio')).toBeUndefined();
    expect(evaluation.measurements.map(({ labels }) => labels['segment'])).toEqual([undefined, 'new']);
    expect(findingOf(evaluation, 'segment=*/traffic')).toMatchObject({
      status: 'ok',
      detail: { watched: ['new'] },
    });
  });

  it('keeps to what one evaluation may hold, the bad ones first, and counts what is left out', () => {
    const key = (i: number) => `key-${i}`;
    const many: MonitorDefinition = {
      ...errorRateMonitor,
      create: (_, { comparisons }) => ({
        update: () => undefined,
        evaluate: () => ({
          measurements: Array.from({ length: 150 }, (_, i) => ({
            ...{ name: 'error_ratio', labels: {}, unit: 'ratio', value: i, n: 1 },
          })),
          findings: Array.from({ length: 60 }, (_, i): Finding => ({
            ...{ key: key(i), value: null, threshold: null, effect: null, pValue: null, n: 1 },
            ...{ status: comparisons !== undefined && i === 59 ? 'warning' : 'ok', summary: '', detail: {} },
          })),
          window: { from: null, to: null, n: 0 },
        }),
        snapshot: () => null,
        restore: () => undefined,
      }),
    };
    const monitor = create(many);
    monitor.update([predicted(Array.from({ length: 5 }, (_, i) => inRegion(`r${i}`, 40)).flat())]);
    const { findings, measurements } = monitor.evaluate(1000);
    expect(measurements).toHaveLength(200);
    expect(findings).toHaveLength(200);
    expect(findings.filter(({ status }) => status === 'warning').map((finding) => finding.key)).toEqual(
      [0, 1, 2, 3, 4].map((i) => `segment=r${i}/${key(59)}`),
    );
    expect(findings.filter((finding) => finding.key.startsWith('key-'))).toHaveLength(60);
    expect(
      findingOf({ findings, measurements, window: { from: null, to: null, n: 0 } }, 'segment=*/others'),
    ).toMatchObject({ n: 162, value: 0 });
  });

  it('bears a key of endless values in a bounded state', () => {
    const monitor = create(classDistributionMonitor);
    for (let i = 0; i < 300; i += 1)
      monitor.update([
        predicted(
          Array.from({ length: 100 }, (_, row) => ({
            metadata: { region: `user-${i * 100 + row}\n${'x'.repeat(row)}` },
          })),
        ),
      ]);
    expect(JSON.stringify(monitor.snapshot()).length).toBeLessThan(100_000);
    const { findings } = monitor.evaluate(1000);
    expect(findings.map((finding) => finding.key)).toEqual(['distribution', 'segment=*/traffic']);
    expect(findings[1]?.summary).toMatch(/^0 of about \d{5} segments by metadata.region/);
  });

  it('refuses settings by the name of what is wrong', () => {
    const { settings } = segmented(latencyMonitor, subject.manifest);
    const problemsOf = (chosen: Record<string, unknown>) =>
      settings.safeParse(chosen).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ??
      [];
    expect(problemsOf({ ...BY_REGION, segments: { top: 20 }, minRows: 5 })).toEqual([]);
    expect(problemsOf({ segmentBy: 'loud' })[0]).toContain('segmentBy: the model has no feature "loud"');
    expect(problemsOf({ segmentBy: 'load' })[0]).toContain('feature "load" is of type number');
    expect(problemsOf({ segmentBy: 'metadata.' })[0]).toContain('names no key');
    expect(problemsOf({ segments: { top: 3 } })).toEqual(['segments: is of no use without "segmentBy"']);
    expect(
      problemsOf({ ...BY_REGION, segments: { top: 21 }, minRows: 0 }).map((one) => one.split(':')[0]),
    ).toEqual(['minRows', 'segments.top']);
    const own = { ...latencyMonitor, metrics: [{ name: 'a', unit: null, help: 'a', labels: ['segment'] }] };
    expect(segmented(own, subject.manifest).settings.safeParse(BY_REGION).success).toBe(false);
  });

  it('refuses to restore more segments than it may watch, and goes on where it stood otherwise', () => {
    const [whole, restored] = [create(performanceMonitor), create(performanceMonitor)];
    whole.update([
      predicted([...inRegion('north', 100), ...inRegion('south', 100)]),
      labelled('north', 40, 'on'),
    ]);
    restored.restore(JSON.parse(JSON.stringify(whole.snapshot())));
    for (const monitor of [whole, restored]) monitor.update([labelled('south', 40, 'on')]);
    expect(restored.evaluate(3000)).toEqual(whole.evaluate(3000));
    expect(() => {
      create(performanceMonitor, { ...BY_REGION, segments: { top: 1 } }).restore(whole.snapshot());
    }).toThrow('more segments');
  });
});

// What every monitor plugin must hold to, Vigie's own or another's: run this suite against its definition.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measurementSchema, findingSchema, type Measurement } from '../../src/events/monitor-report.js';
import type { PredictionBatch } from '../../src/events/prediction-batch.js';
import type { Evaluation, Monitor, MonitorDefinition, MonitorEvent } from '../../src/monitors/monitor.js';
import { monitorSubject, predictionBatch, traffic } from '../support/monitor-batches.js';

const MAX_SNAPSHOT_BYTES = 512 * 1024;
const MAX_SERIES = 200;
const START = 1_700_000_000_000;

/** Declares the suite for one definition, with its default settings and with any others it should hold under. */
export function monitorContract(
  definition: MonitorDefinition,
  variants: readonly Readonly<Record<string, unknown>>[] = [],
  maxSnapshotBytes = MAX_SNAPSHOT_BYTES,
): void {
  describe(`monitor ${definition.name}: its settings`, () => {
    it('all have defaults, and an unknown one is refused', () => {
      expect(definition.settings.safeParse({}).success).toBe(true);
      expect(definition.settings.safeParse({ noSuchSetting: 1 }).success).toBe(false);
    });
  });
  for (const variant of [{}, ...variants])
    describe(`monitor ${definition.name} with ${JSON.stringify(variant)}`, () => {
      declare(definition, variant, maxSnapshotBytes);
    });
}

function declare(
  definition: MonitorDefinition,
  variant: Readonly<Record<string, unknown>>,
  maxSnapshotBytes: number,
): void {
  const settings = definition.settings.parse(variant);
  const subject = monitorSubject({ labels: { off: 600, on: 400 } });
  const create = (): Monitor => definition.create(settings, subject);
  const feed = (monitor: Monitor, events: readonly MonitorEvent[], chunk = 10) => {
    for (let i = 0; i < events.length; i += chunk) monitor.update(events.slice(i, i + chunk));
  };

  it('says no-data, and no number that is none, before anything came', () => {
    for (const monitor of [create(), definition.create(settings, monitorSubject())]) {
      const evaluation = monitor.evaluate(START);
      expectSound(definition, evaluation);
      expect(evaluation.window).toEqual({ from: null, to: null, n: 0 });
      expect(new Set(evaluation.findings.map((f) => f.status))).toEqual(new Set(['no-data']));
    }
  });

  it('answers sound values under declared names on ordinary traffic', () => {
    const monitor = create();
    feed(monitor, predictions(traffic(400)));
    const evaluation = monitor.evaluate(START + 20_000);
    expectSound(definition, evaluation);
    expect(evaluation.measurements.length).toBeGreaterThan(0);
    expect(evaluation.measurements.length).toBeLessThanOrEqual(MAX_SERIES);
  });

  it('continues from a snapshot, at whatever moment, as if it had never stopped', () => {
    const events = predictions(traffic(300));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: events.length }), (cut) => {
        const whole = create();
        feed(whole, events);
        const first = create();
        feed(first, events.slice(0, cut));
        first.evaluate(START + cut);
        const second = create();
        second.restore(JSON.parse(JSON.stringify(first.snapshot())));
        feed(second, events.slice(cut));
        expect(second.evaluate(START + 30_000)).toEqual(whole.evaluate(START + 30_000));
        expect(JSON.stringify(second.snapshot())).toBe(JSON.stringify(whole.snapshot()));
      }),
      { numRuns: 25 },
    );
  });

  it('refuses a state that is not its own', () => {
    for (const state of [null, 7, 'state', [], { nothing: 'of its own' }])
      expect(() => create().restore(state), JSON.stringify(state)).toThrow();
  });

  it('depends on the events and the time alone: not on how they were cut, nor on evaluations between', () => {
    const events = predictions(traffic(200));
    const [one, other] = [create(), create()];
    feed(one, events, 1);
    for (let i = 0; i < events.length; i += 50) {
      other.update(events.slice(i, i + 50));
      other.evaluate(START + i);
    }
    const expected = one.evaluate(START + 20_000);
    expect(other.evaluate(START + 20_000)).toEqual(expected);
    expect(one.evaluate(START + 20_000)).toEqual(expected);
  });

  it('bears odd batches and failed rows, and leaves every batch as it was', () => {
    const monitor = create();
    for (const batch of oddBatches()) {
      const before = JSON.stringify(batch);
      monitor.update(predictions([batch]));
      expectSound(definition, monitor.evaluate(START + 1000));
      expect(JSON.stringify(batch)).toBe(before);
    }
    const next = create();
    next.restore(JSON.parse(JSON.stringify(monitor.snapshot())));
    expect(next.evaluate(START + 1000)).toEqual(monitor.evaluate(START + 1000));
  });

  it('bears feedback, asked for or not', () => {
    const monitor = create();
    monitor.update([feedback()]);
    expectSound(definition, monitor.evaluate(START));
  });

  it('keeps a bounded state, however much comes and whatever labels it carries', () => {
    const monitor = create();
    for (let i = 0; i < 500; i += 1) {
      const rows = Array.from({ length: 100 }, (_, row) => ({
        label: `label-${i * 100 + row}`,
        confidence: Math.abs(Math.sin(i * 100 + row)),
        totalMs: row * Math.PI,
      }));
      monitor.update(predictions([predictionBatch(START + i * 997, rows)]));
    }
    expect(JSON.stringify(monitor.snapshot()).length).toBeLessThan(maxSnapshotBytes);
    const evaluation = monitor.evaluate(START + 500 * 997);
    expectSound(definition, evaluation);
    expect(evaluation.measurements.length).toBeLessThanOrEqual(MAX_SERIES);
  });
}

function expectSound(definition: MonitorDefinition, evaluation: Evaluation): void {
  for (const measurement of evaluation.measurements) {
    measurementSchema.parse(measurement);
    const metric = definition.metrics.find(({ name }) => name === measurement.name);
    expect(metric, measurement.name).toBeDefined();
    const optional = (metric?.optionalLabels ?? []).filter((label) => label in measurement.labels);
    expect(Object.keys(measurement.labels).sort()).toEqual([...(metric?.labels ?? []), ...optional].sort());
    expect(measurement.unit).toBe(metric?.unit);
  }
  const series = evaluation.measurements.map(seriesOf);
  expect(new Set(series).size).toBe(series.length);
  for (const finding of evaluation.findings) findingSchema.parse(finding);
  const keys = evaluation.findings.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
}

function seriesOf({ name, labels }: Measurement): string {
  return JSON.stringify([name, Object.entries(labels).sort()]);
}

function predictions(batches: readonly PredictionBatch[]): MonitorEvent[] {
  return batches.map((batch) => ({ kind: 'prediction', batch }));
}

function feedback(): MonitorEvent {
  const item = { id: 'f1', predictionId: 'p1', version: 1, predictedAt: START };
  const truths = { predicted: { label: 'off' }, truth: { label: 'on' } };
  return {
    kind: 'feedback',
    batch: { v: 1, model: 'valve', receivedAt: START, items: [{ ...item, ...truths }] },
  };
}

/** Batches that a careless worker or a later version might append. */
function oddBatches(): PredictionBatch[] {
  const batch = predictionBatch(START, [{ label: 'on' }, { failed: true }, {}]);
  return [
    predictionBatch(START, [{ failed: true }, { failed: true }]),
    { ...batch, outputs: {} },
    { ...batch, outputs: { label: ['on', null, 'off'], confidence: [0.9] } },
    { ...batch, outputs: { probabilities: { classes: [], values: [] } } },
    { ...batch, outputs: { ...batch.outputs, probabilities: { classes: ['on'], values: [1] } } },
    { ...batch, outputs: { value: [1e300, -1e300, null] } },
    { ...batch, outputs: { label: ['__proto__', 'constructor', ''], confidence: [1e9, -1e9, Number.NaN] } },
    { ...batch, receivedAt: [], timings: { queueMs: [], computeMs: 0 }, errors: [], requests: [] },
    {
      ...batch,
      receivedAt: [Number.NaN, START + 1e9, -1],
      timings: { queueMs: [-5, 1e12, 0], computeMs: 1 },
    },
    { ...batch, features: { load: [null, 'text', true], other: [] } },
    { ...batch, ids: [] },
    { ...batch, at: Number.NaN },
  ];
}

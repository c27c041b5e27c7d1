// What an estimate without labels finds, what it leaves alone, and what it cannot see.
import { describe, expect, it } from 'vitest';
import { monitorSubject } from '../../../test/support/monitor-batches.js';
import { createRandom, type Random } from '../../training/random.js';
import { calibrateReference } from '../../training/reference-calibration.js';
import type { Monitor, MonitorSubject, PredictionBatch } from '../monitor.js';
import { estimatePerformance } from '../statistics/estimate-performance.js';
import { estimatedPerformanceMonitor } from './estimated-performance.monitor.js';

const START = 1_700_000_000_000;
const CLASSES = ['off', 'on'];

/** A case: how sure the model is of `on`, and what is true. */
interface Case {
  readonly on: number;
  readonly truth: string;
}

/** Where cases come from: x is normal, `on` comes true with probability sigmoid(3x), and the model says sigmoid(steepness x). */
interface World {
  readonly spread?: number;
  readonly steepness?: number;
  /** Share of truths that turned into their contrary. */
  readonly turned?: number;
}

function drawCases(n: number, random: Random, { spread = 2, steepness = 3, turned = 0 }: World = {}): Case[] {
  return Array.from({ length: n }, () => {
    const x = random.normal(0, spread);
    const isOn = random.chance(sigmoid(3 * x)) !== random.chance(turned);
    return { on: sigmoid(steepness * x), truth: isOn ? 'on' : 'off' };
  });
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const answerOf = ({ on }: Case) => (on >= 0.5 ? 'on' : 'off');
const accuracyOf = (cases: readonly Case[]) =>
  cases.filter((one) => answerOf(one) === one.truth).length / cases.length;

function judgedAnswers(cases: readonly Case[]) {
  return {
    probabilities: cases.map(({ on }) => [1 - on, on]),
    labels: cases.map(answerOf),
    truths: cases.map(({ truth }) => truth),
  };
}

function subjectOf(heldOut: readonly Case[]): MonitorSubject {
  const subject = monitorSubject({ labels: { off: 500, on: 500 } });
  const calibration = calibrateReference(CLASSES, judgedAnswers(heldOut));
  return { ...subject, reference: { rows: 1, features: {}, outputs: {}, ...subject.reference, calibration } };
}

function batchOf(at: number, cases: readonly Case[]): PredictionBatch {
  return {
    ...{ v: 1, batchId: `b${at}`, model: 'valve', version: 1, at, features: {} },
    ids: cases.map((_, i) => `${at}-${i}`),
    receivedAt: cases.map(() => at),
    requests: cases.map(() => ({})),
    errors: cases.map(() => null),
    timings: { queueMs: cases.map(() => 0), computeMs: 1 },
    outputs: {
      label: cases.map(answerOf),
      confidence: cases.map(({ on }) => Math.max(on, 1 - on)),
      probabilities: { classes: CLASSES, values: cases.flatMap(({ on }) => [1 - on, on]) },
    },
  };
}

function create(subject: MonitorSubject, settings: Record<string, unknown> = {}): Monitor {
  return estimatedPerformanceMonitor.create(estimatedPerformanceMonitor.settings.parse(settings), subject);
}

/** Feeds a window of cases as batches of 100 and answers the finding after it. */
function feed(monitor: Monitor, cases: readonly Case[], at = START) {
  for (let i = 0; i < cases.length; i += 100)
    monitor.update([{ kind: 'prediction', batch: batchOf(at + i, cases.slice(i, i + 100)) }]);
  return monitor.evaluate(at + cases.length).findings[0];
}

function measured(monitor: Monitor): Record<string, number> {
  const { measurements } = monitor.evaluate(START);
  return Object.fromEntries(
    measurements.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(' '), value]),
  );
}

const windowsOf = (count: number, random: Random, world: World) =>
  Array.from({ length: count }, () => drawCases(1000, random, world));

describe('estimated performance', () => {
  it('measures what the estimate of the rows says, curve included', () => {
    const random = createRandom(1);
    const cases = drawCases(1000, random);
    const monitor = create(monitorSubject());
    feed(monitor, cases);
    const { probabilities, labels } = judgedAnswers(cases);
    const expected = estimatePerformance({
      classCount: 2,
      probabilities: probabilities.flat(),
      predicted: labels.map((label) => CLASSES.indexOf(label)),
    });
    const values = measured(monitor);
    expect(values['estimated_accuracy']).toBeCloseTo(expected?.accuracy.value ?? 0, 10);
    expect(values['estimated_accuracy_lower']).toBeCloseTo(expected?.accuracy.lower ?? 0, 10);
    expect(values['estimated_f1']).toBeCloseTo(expected?.macroF1?.value ?? 0, 10);
    expect(values['estimated_f1_upper']).toBeCloseTo(expected?.macroF1?.upper ?? 0, 6);
    expect(values['estimated_precision on']).toBeCloseTo(expected?.classes[1]?.precision ?? 0, 10);
    expect(values['estimated_recall off']).toBeCloseTo(expected?.classes[0]?.recall ?? 0, 10);
    expect(values['estimate_calibrated']).toBe(0);
  });

  it('reads a model that is too sure of itself as its labels do, by the curve of its reference', () => {
    const random = createRandom(2);
    const world = { spread: 0.5, steepness: 12 };
    const subject = subjectOf(drawCases(4000, random, world));
    const cases = drawCases(10_000, random, world);
    const [mended, plain] = [create(subject), create(monitorSubject())];
    for (const monitor of [mended, plain]) feed(monitor, cases);
    const truth = accuracyOf(cases);
    expect(Math.abs((measured(mended)['estimated_accuracy'] ?? 0) - truth)).toBeLessThan(0.03);
    expect(Math.abs((measured(plain)['estimated_accuracy'] ?? 0) - truth)).toBeGreaterThan(0.08);
    expect(measured(mended)['estimate_calibrated']).toBe(1);
  });

  it('stays quiet over two hours of steady traffic, for every seed', () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const random = createRandom(seed);
      const monitor = create(subjectOf(drawCases(seed % 2 === 0 ? 100 : 1000, random)));
      // One prediction in a fifth of a second.
      for (const cases of windowsOf(36, random, {}))
        expect(feed(monitor, cases), `seed ${seed}`).toMatchObject({ status: 'ok' });
    }
  });

  it('finds a covariate shift that lowers accuracy, once a second window confirms it, and holds the truth in its band', () => {
    const random = createRandom(7);
    const monitor = create(subjectOf(drawCases(2000, random)));
    expect(feed(monitor, drawCases(1000, random))).toMatchObject({ status: 'ok' });
    // More cases near the boundary, which nobody could tell apart.
    const [first = [], second = []] = windowsOf(2, random, { spread: 0.4 });
    const suspicion = feed(monitor, first);
    expect(suspicion?.status).toBe('ok');
    expect(suspicion?.summary).toContain('a further window decides');
    const finding = feed(monitor, second);
    expect(finding).toMatchObject({ key: 'accuracy', status: 'critical', n: 1000 });
    expect(finding?.effect).toBeGreaterThan(0.15);
    const truth = accuracyOf(second);
    expect(truth).toBeGreaterThan(measured(monitor)['estimated_accuracy_lower'] ?? 1);
    expect(truth).toBeLessThan(measured(monitor)['estimated_accuracy_upper'] ?? 0);
    expect(feed(monitor, drawCases(1000, random))).toMatchObject({ status: 'ok' });
  });

  it('is a warning while the drop is smaller', () => {
    const random = createRandom(8);
    const monitor = create(subjectOf(drawCases(2000, random)));
    const findings = windowsOf(2, random, { spread: 0.7 }).map((cases) => feed(monitor, cases)?.status);
    expect(findings).toEqual(['ok', 'warning']);
  });

  it('does not see concept drift, and says so', () => {
    const random = createRandom(9);
    const monitor = create(subjectOf(drawCases(2000, random)));
    const windows = windowsOf(3, random, { turned: 0.4 });
    const findings = windows.map((cases) => feed(monitor, cases));
    expect(accuracyOf(windows.flat())).toBeLessThan(0.65);
    expect(findings.map((finding) => finding?.status)).toEqual(['ok', 'ok', 'ok']);
    expect(measured(monitor)['estimated_accuracy']).toBeGreaterThan(0.85);
    expect(String(findings[0]?.detail['limit'])).toContain('cannot see concept drift');
    expect(estimatedPerformanceMonitor.summary).toContain('cannot see concept drift');
  });

  it('goes on from a snapshot with the suspicion it had, in a small state', () => {
    const random = createRandom(10);
    const subject = subjectOf(drawCases(2000, random));
    const [first = [], second = []] = windowsOf(2, random, { spread: 0.4 });
    const [whole, before, after] = [create(subject), create(subject), create(subject)];
    for (const monitor of [whole, before]) feed(monitor, first.concat(second.slice(0, 300)));
    const state = JSON.stringify(before.snapshot());
    expect(state.length).toBeLessThan(2000);
    after.restore(JSON.parse(state));
    expect(feed(after, second.slice(300))).toEqual(feed(whole, second.slice(300)));
    expect(after.evaluate(START).findings[0]?.status).toBe('critical');
    const other = monitorSubject();
    const three = { ...other, manifest: { ...other.manifest, classes: ['off', 'on', 'stuck'] } };
    expect(() => create(three).restore(JSON.parse(state))).toThrow('other classes');
  });

  it('judges nothing without a calibration, probabilities or enough rows', () => {
    const random = createRandom(11);
    const unsure = drawCases(1000, random, { spread: 0.1 });
    const status = (monitor: Monitor, cases: readonly Case[], now = START + 1000) => {
      feed(monitor, cases);
      return monitor.evaluate(now).findings[0]?.status;
    };
    const subject = subjectOf(drawCases(2000, random));
    expect(status(create(monitorSubject()), unsure)).toBe('no-data');
    expect(status(create(subject), [])).toBe('no-data');
    expect(status(create(subject), unsure.slice(0, 200))).toBe('insufficient-data');
    const few = create(subject, { minRows: 50, window: { seconds: 10 } });
    const failed = batchOf(START, unsure.slice(0, 60));
    const errors = failed.errors.map((_, i) => (i < 40 ? { code: 'INFERENCE_FAILED', message: 'no' } : null));
    few.update([{ kind: 'prediction', batch: { ...failed, errors } }]);
    expect(few.evaluate(START + 60_000).findings[0]).toMatchObject({ status: 'insufficient-data', n: 20 });
    const bare = create(subject);
    bare.update([{ kind: 'prediction', batch: { ...failed, outputs: { label: failed.outputs.label } } }]);
    expect(bare.evaluate(START).findings[0]?.status).toBe('no-data');
  });

  it('puts probabilities in the place of their class, whatever order a batch has', () => {
    const random = createRandom(12);
    const cases = drawCases(500, random);
    const batch = batchOf(START, cases);
    const turned = { classes: ['on', 'off'], values: cases.flatMap(({ on }) => [on, 1 - on]) };
    const [one, other] = [create(monitorSubject()), create(monitorSubject())];
    one.update([{ kind: 'prediction', batch }]);
    other.update([
      { kind: 'prediction', batch: { ...batch, outputs: { ...batch.outputs, probabilities: turned } } },
    ]);
    expect(measured(other)).toEqual(measured(one));
  });
});

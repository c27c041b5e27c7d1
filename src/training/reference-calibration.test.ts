// What the reference says of probabilities: how far they are off, the curve that mends them, and what was read when all was well.
import { describe, expect, it } from 'vitest';
import { referenceProfileSchema } from '../manifest/reference-profile.js';
import { createRandom } from './random.js';
import { calibrateReference } from './reference-calibration.js';
import { createReferenceProfile } from './reference-profile.js';

const CLASSES = ['off', 'on'];

/** Answers whose class `on` comes true as often as `truth` says of its probability. */
function answers(n: number, truth: (p: number) => number, seed = 3) {
  const random = createRandom(seed);
  const on = Array.from({ length: n }, () => random.uniform());
  return {
    probabilities: on.map((p) => [1 - p, p]),
    labels: on.map((p) => (p >= 0.5 ? 'on' : 'off')),
    truths: on.map((p) => (random.chance(truth(p)) ? 'on' : 'off')),
  };
}

const tooSure = (p: number) => 0.25 + p / 2;

describe('the calibration of a reference', () => {
  it('has a curve where it helps, by which the estimate reads what the labels say', () => {
    const { rows, classes, estimated, measured } = calibrateReference(CLASSES, answers(4000, tooSure));
    expect(rows).toBe(4000);
    expect(classes['on']?.error).toBeGreaterThan(0.1);
    expect(classes['on']?.curve?.x.length).toBeGreaterThan(2);
    // Without a curve it would read 0.75.
    expect(measured.accuracy).toBeCloseTo(0.625, 1);
    expect(Math.abs(estimated.accuracy - measured.accuracy)).toBeLessThan(0.005);
    expect(Math.abs(estimated.f1Macro - measured.f1Macro)).toBeLessThan(0.01);
  });

  it('has none on so few rows that it would learn their chance by heart', () => {
    const { classes, estimated } = calibrateReference(CLASSES, answers(100, tooSure));
    expect(Object.values(classes).map(({ curve }) => curve)).toEqual([undefined, undefined]);
    expect(estimated.accuracy).toBeCloseTo(0.75, 1);
  });

  it('is bounded, and reference.json takes it, with or without', () => {
    const judged = answers(20_000, (p) => p ** 2);
    const instances = judged.truths.map((truth) => ({ features: { x: 1 }, truth }));
    const told = { labels: judged.labels, confidences: judged.probabilities.map((row) => Math.max(...row)) };
    const features = [{ name: 'x', type: 'number', required: true, strict: false } as const];
    const calibrated = createReferenceProfile(features, CLASSES, instances, told, judged);
    const plain = createReferenceProfile(features, CLASSES, instances, told);
    for (const profile of [calibrated, plain])
      expect(referenceProfileSchema.parse(JSON.parse(JSON.stringify(profile)))).toEqual(profile);
    expect(plain.calibration).toBeUndefined();
    expect(calibrated.calibration?.classes['on']?.curve?.x.length).toBeLessThanOrEqual(64);
  });

  it('refuses rows that do not fit, and labels that are no class', () => {
    const good = answers(10, tooSure);
    expect(() => calibrateReference(CLASSES, { probabilities: [], labels: [], truths: [] })).toThrow(
      'one row',
    );
    expect(() => calibrateReference(CLASSES, { ...good, probabilities: [] })).toThrow('0 rows');
    expect(() => calibrateReference(CLASSES, { ...good, labels: [] })).toThrow(RangeError);
    expect(() => calibrateReference(['on'], good)).toThrow('"off"');
  });
});

it('refuses a curve that falls or whose points lack a coordinate', () => {
  const { calibration, ...plain } = createReferenceProfile(
    [],
    CLASSES,
    [],
    { labels: [], confidences: [0.5] },
    answers(10, tooSure),
  );
  const withCurve = (curve: unknown) =>
    referenceProfileSchema.safeParse({
      ...plain,
      rows: 1,
      calibration: { ...calibration, classes: { on: { error: 0, curve } } },
    }).success;
  expect(withCurve({ x: [0, 1], y: [0, 1] })).toBe(true);
  expect(withCurve({ x: [0, 1], y: [1, 0] })).toBe(false);
  expect(withCurve({ x: [1, 0], y: [0, 1] })).toBe(false);
  expect(withCurve({ x: [0, 1], y: [0] })).toBe(false);
});

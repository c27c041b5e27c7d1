// Parity of the classification metrics with scikit-learn, and their behaviour where there is nothing to divide by.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classificationMetrics } from './classification-metrics.js';

const matrices = fc
  .integer({ min: 1, max: 6 })
  .chain((k) =>
    fc.array(fc.array(fc.nat(50), { minLength: k, maxLength: k }), { minLength: k, maxLength: k }),
  );

describe('classification metrics', () => {
  it('agree with scikit-learn on three classes', () => {
    const metrics = classificationMetrics([
      [2, 1, 0],
      [0, 2, 1],
      [1, 0, 3],
    ]);
    expect(metrics.n).toBe(10);
    expect(metrics.accuracy?.value).toBeCloseTo(0.7, 12);
    expect(metrics.classes.map(({ support }) => support)).toEqual([3, 3, 4]);
    for (const key of ['precision', 'recall'] as const)
      metrics.classes.forEach((one, c) => expect(one[key]?.value).toBeCloseTo(c === 2 ? 0.75 : 2 / 3, 12));
    metrics.classes.forEach(({ f1 }, c) => expect(f1).toBeCloseTo(c === 2 ? 0.75 : 2 / 3, 12));
    expect(metrics.macroF1).toBeCloseTo(0.6944444444444443, 12);
    expect(metrics.weightedF1).toBeCloseTo(0.7, 12);
    expect(metrics.matthews).toBeCloseTo(0.5454545454545454, 12);
    expect(metrics.kappa).toBeCloseTo(0.5454545454545454, 12);
    expect(metrics.balancedAccuracy).toBeCloseTo(0.6944444444444443, 12);
  });

  it('tell false positives by who is not of the class, false negatives by who is', () => {
    // 90 of 100 healthy ones found healthy, 15 of 20 sick ones found sick.
    const sick = classificationMetrics([
      [90, 10],
      [5, 15],
    ]).classes[1];
    expect(sick?.falsePositiveRate).toMatchObject({ value: 0.1, n: 100 });
    expect(sick?.falseNegativeRate).toMatchObject({ value: 0.25, n: 20 });
    expect(sick?.precision).toMatchObject({ value: 0.6, n: 25 });
    expect(sick?.recall?.lower).toBeCloseTo(0.5313, 4);
    expect(sick?.recall?.upper).toBeCloseTo(0.8881, 4);
  });

  it('know nothing where there is nothing to divide by', () => {
    const nothing = classificationMetrics([
      [0, 0],
      [0, 0],
    ]);
    const unknown = { precision: undefined, recall: undefined, f1: undefined };
    expect(nothing).toMatchObject({ n: 0, accuracy: undefined, macroF1: undefined, weightedF1: undefined });
    expect(nothing).toMatchObject({ balancedAccuracy: undefined, matthews: undefined, kappa: undefined });
    expect(nothing.classes[0]).toMatchObject({ ...unknown, falsePositiveRate: undefined });
    const one = classificationMetrics([
      [4, 0],
      [0, 0],
    ]);
    expect(one).toMatchObject({ macroF1: 1, weightedF1: 1, matthews: undefined, kappa: undefined });
    expect(one.classes[1]).toMatchObject({ ...unknown, support: 0 });
    expect(classificationMetrics([]).accuracy).toBeUndefined();
  });

  it('stay in their ranges and never are NaN', () => {
    fc.assert(
      fc.property(matrices, (matrix) => {
        const { classes, ...all } = classificationMetrics(matrix);
        const rates = [all.accuracy, ...classes.flatMap((one) => [one.precision, one.recall])];
        for (const rate of rates)
          if (rate !== undefined) {
            expect(rate.lower).toBeLessThanOrEqual(rate.value + 1e-12);
            expect(rate.upper).toBeGreaterThanOrEqual(rate.value - 1e-12);
          }
        for (const value of [all.balancedAccuracy, all.macroF1, all.weightedF1, ...classes.map((c) => c.f1)])
          if (value !== undefined) expect(value >= 0 && value <= 1 + 1e-12).toBe(true);
        for (const value of [all.matthews, all.kappa])
          if (value !== undefined) expect(Math.abs(value)).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });
});

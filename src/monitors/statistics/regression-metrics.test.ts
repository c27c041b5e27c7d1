// The regression metrics against their definitions, whole or added up in parts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addPair,
  mergeRegressionSums,
  NO_REGRESSION_SUMS,
  regressionMetrics,
  type RegressionSums,
} from './regression-metrics.js';

type Pair = readonly [truth: number, predicted: number];

function sumsOf(pairs: readonly Pair[]): RegressionSums {
  return pairs.reduce((sums, [truth, predicted]) => addPair(sums, truth, predicted), NO_REGRESSION_SUMS);
}

describe('regression metrics', () => {
  it('are those of their definitions', () => {
    const { mae, mse, rmse, mape, r2 } = regressionMetrics(
      sumsOf([
        [3, 2.5],
        [-0.5, 0],
        [2, 2],
        [7, 8],
      ]),
    );
    // The example in scikit-learn's documentation of each.
    expect(mae?.value).toBeCloseTo(0.5, 12);
    expect(mse?.value).toBeCloseTo(0.375, 12);
    expect(rmse?.value).toBeCloseTo(0.6123724356957945, 12);
    expect(r2).toBeCloseTo(0.9486081370449679, 12);
    expect(mape).toBeCloseTo((0.5 / 3 + 1 + 0 + 1 / 7) / 4, 12);
    expect(mae).toMatchObject({ n: 4 });
    // Standard deviation of the errors 0.408, by sqrt(4), by 1.96.
    expect(mae?.lower).toBeCloseTo(0.5 - 0.400076, 5);
    expect(mae?.upper).toBeCloseTo(0.5 + 0.400076, 5);
  });

  it('are the same added up in parts', () => {
    const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    const pairs = fc.array(fc.tuple(value, value), { maxLength: 40 });
    fc.assert(
      fc.property(pairs, pairs, (left, right) => {
        const whole = sumsOf([...left, ...right]);
        const merged = mergeRegressionSums(sumsOf(left), sumsOf(right));
        expect(merged.n).toBe(whole.n);
        expect(merged.truthMean).toBeCloseTo(whole.truthMean, 6);
        expect(Math.abs(merged.truthSquares - whole.truthSquares)).toBeLessThanOrEqual(
          1e-9 * (1 + whole.truthSquares),
        );
        expect(merged.absolute).toBeCloseTo(whole.absolute, 6);
      }),
    );
  });

  it('keep the spread of truths far from 0', () => {
    const truths = [1e9 + 1, 1e9 + 2, 1e9 + 3];
    expect(regressionMetrics(sumsOf(truths.map((truth) => [truth, truth + 1]))).r2).toBeCloseTo(-0.5, 9);
  });

  it('know nothing without pairs, relative to 0, or of truths that are all one', () => {
    const unknown = { mae: undefined, mse: undefined, rmse: undefined, mape: undefined, r2: undefined };
    expect(regressionMetrics(NO_REGRESSION_SUMS)).toEqual(unknown);
    const same = sumsOf([
      [0, 1],
      [0, 3],
    ]);
    expect(regressionMetrics(same)).toMatchObject({ mae: { value: 2 }, mape: undefined, r2: undefined });
    expect(mergeRegressionSums(NO_REGRESSION_SUMS, NO_REGRESSION_SUMS)).toEqual(NO_REGRESSION_SUMS);
  });

  it('leave out what is no number, and are unknown rather than infinite or NaN', () => {
    expect(
      sumsOf([
        [Number.NaN, 1],
        [1, Infinity],
      ]),
    ).toEqual(NO_REGRESSION_SUMS);
    const huge = regressionMetrics(
      sumsOf([
        [1e300, -1e300],
        [-1e300, 1e300],
      ]),
    );
    expect(huge.mae?.value).toBe(2e300);
    expect(huge.mse).toBeUndefined();
    expect(huge.r2).toBeUndefined();
    expect(regressionMetrics(sumsOf([[1, 2]])).mae).toMatchObject({ lower: 0, upper: Number.MAX_VALUE });
  });
});

// How far predicted numbers lay from the true ones, from sums that can be added up in parts.
import { Z_95 } from './wilson-interval.js';

/** What is kept of pairs of truth and prediction; plain numbers, so that it can be stored. */
export interface RegressionSums {
  readonly n: number;
  readonly absolute: number;
  readonly squared: number;
  /** Sum of the fourth powers of errors, from which the interval of the squared error follows. */
  readonly fourth: number;
  /** Sum of |error / truth| over the `relativeN` pairs whose truth is not 0. */
  readonly relative: number;
  readonly relativeN: number;
  readonly truthMean: number;
  /** Sum of squared distances of the truths from their mean. */
  readonly truthSquares: number;
}

/** A mean of `n` errors and its interval by the normal approximation, 95% unless another was asked for. */
export interface MeanError {
  readonly value: number;
  readonly n: number;
  readonly lower: number;
  readonly upper: number;
}

/** Undefined where there is nothing to divide by, or where a number became too large to hold. */
export interface RegressionMetrics {
  readonly mae: MeanError | undefined;
  readonly mse: MeanError | undefined;
  readonly rmse: MeanError | undefined;
  /** Mean of |error / truth| over the pairs whose truth is not 0; 0.1 is 10%. */
  readonly mape: number | undefined;
  /** 1 - sum of squared errors / sum of squared distances of the truths from their mean; at most 1. */
  readonly r2: number | undefined;
}

export const NO_REGRESSION_SUMS: RegressionSums = {
  n: 0,
  absolute: 0,
  squared: 0,
  fourth: 0,
  relative: 0,
  relativeN: 0,
  truthMean: 0,
  truthSquares: 0,
};

/** The sums with one more pair; a pair that is not two finite numbers changes nothing. */
export function addPair(sums: RegressionSums, truth: number, predicted: number): RegressionSums {
  if (!Number.isFinite(truth) || !Number.isFinite(predicted)) return sums;
  const error = Math.abs(predicted - truth);
  return mergeRegressionSums(sums, {
    n: 1,
    absolute: error,
    squared: error ** 2,
    fourth: error ** 4,
    relative: truth === 0 ? 0 : error / Math.abs(truth),
    relativeN: truth === 0 ? 0 : 1,
    truthMean: truth,
    truthSquares: 0,
  });
}

/** The sums over the pairs of both sides; the moments of the truth by Chan and others (1979). */
export function mergeRegressionSums(a: RegressionSums, b: RegressionSums): RegressionSums {
  const n = a.n + b.n;
  if (n === 0) return NO_REGRESSION_SUMS;
  const apart = b.truthMean - a.truthMean;
  return {
    n,
    absolute: a.absolute + b.absolute,
    squared: a.squared + b.squared,
    fourth: a.fourth + b.fourth,
    relative: a.relative + b.relative,
    relativeN: a.relativeN + b.relativeN,
    truthMean: a.truthMean + (apart * b.n) / n,
    truthSquares: a.truthSquares + b.truthSquares + (apart * apart * a.n * b.n) / n,
  };
}

/** The metrics of all pairs that went into the sums; `z` is the normal quantile of the intervals. */
export function regressionMetrics(sums: RegressionSums, z = Z_95): RegressionMetrics {
  const { n, absolute, squared, fourth, relative, relativeN, truthSquares } = sums;
  const mse = meanError(squared, fourth, n, z);
  return {
    mae: meanError(absolute, squared, n, z),
    mse,
    rmse: mse === undefined ? undefined : rootOf(mse),
    mape: finite(relativeN > 0 ? relative / relativeN : Number.NaN),
    r2: finite(truthSquares > 0 ? 1 - squared / truthSquares : Number.NaN),
  };
}

/** From the sum of values and of their squares; where the squares are too large, the interval is all it can be. */
function meanError(total: number, squares: number, n: number, z: number): MeanError | undefined {
  const value = finite(total / n);
  if (value === undefined) return undefined;
  const variance = n > 1 ? Math.max(0, squares / n - value ** 2) * (n / (n - 1)) : Infinity;
  const spread = z * Math.sqrt(variance / n);
  if (!Number.isFinite(spread)) return { value, n, lower: 0, upper: Number.MAX_VALUE };
  return { value, n, lower: Math.max(0, value - spread), upper: value + spread };
}

function rootOf({ value, n, lower, upper }: MeanError): MeanError {
  return { value: Math.sqrt(value), n, lower: Math.sqrt(lower), upper: Math.sqrt(upper) };
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

// Welch's t test: have two samples the same mean, whatever their spreads?
import { sortedSample } from './sorted-sample.js';
import { studentTwoSided } from './special/student-t.js';
import type { TestResult } from './test-result.js';

/**
 * t, positive where the first mean is the larger, and its two-sided p-value with Welch and Satterthwaite's degrees of
 * freedom. Values that are not finite are left out. Undefined when a side has fewer than two values, neither varies, or a
 * variance exceeds the largest double.
 */
export function welchT(a: ArrayLike<number>, b: ArrayLike<number>): TestResult | undefined {
  const left = moments(sortedSample(a));
  const right = moments(sortedSample(b));
  return left === undefined || right === undefined ? undefined : welchOfMoments(left, right);
}

/** The same test on what it needs to know of two samples. */
export function welchOfMoments(left: MeanEstimate, right: MeanEstimate): TestResult | undefined {
  const squaredError = left.squaredError + right.squaredError;
  if (!(squaredError > 0) || !Number.isFinite(squaredError)) return undefined;
  const statistic = (left.mean - right.mean) / Math.sqrt(squaredError);
  // By shares, because the squares of large errors might overflow.
  const leftShare = left.squaredError / squaredError;
  const rightShare = right.squaredError / squaredError;
  const degreesOfFreedom = 1 / (leftShare ** 2 / (left.n - 1) + rightShare ** 2 / (right.n - 1));
  return { statistic, pValue: studentTwoSided(statistic, degreesOfFreedom) };
}

/** A mean of `n` >= 2 values; its squared error is their variance (ddof 1) over n. */
export interface MeanEstimate {
  readonly n: number;
  readonly mean: number;
  readonly squaredError: number;
}

function moments(sorted: Float64Array): MeanEstimate | undefined {
  const n = sorted.length;
  const first = sorted[0];
  if (first === undefined || n < 2) return undefined;
  // A mean of equal values may be off by rounding, which would make a spread of nothing.
  if (first === sorted[n - 1]) return { n, mean: first, squaredError: 0 };
  const mean = sorted.reduce((sum, x) => sum + x / n, 0);
  const squares = sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { n, mean, squaredError: squares / (n - 1) / n };
}

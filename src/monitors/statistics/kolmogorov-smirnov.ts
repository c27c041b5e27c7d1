// The two-sample Kolmogorov-Smirnov test: how far do two distribution functions lie apart at most?
import { countsByValue } from './pooled-steps.js';
import { sortedSample } from './sorted-sample.js';
import { kolmogorovTail } from './special/kolmogorov.js';
import { pathLeavesBand } from './special/lattice-paths.js';
import type { TestResult } from './test-result.js';

const EXACT_UP_TO = 10_000;

/**
 * D, 0 to 1, the largest difference of the right-continuous distribution functions, and its two-sided p-value: exact
 * while neither sample has more than 10,000 values, else that of the one-sample D of round(nm / (n + m)) values, as
 * `scipy.stats.ks_2samp`. Ties make the p-value too large, never too small. The samples need no order; values that are
 * not finite are left out. Undefined when a side is empty.
 */
export function kolmogorovSmirnov(a: ArrayLike<number>, b: ArrayLike<number>): TestResult | undefined {
  const { left, right } = countsByValue(sortedSample(a), sortedSample(b));
  const gap = largestGap(left, right);
  if (gap === undefined) return undefined;
  const { n, m, steps } = gap;
  const statistic = steps / (n * m);
  const pValue =
    Math.max(n, m) <= EXACT_UP_TO
      ? pathLeavesBand(n, m, steps)
      : kolmogorovTail(statistic, Math.round((n * m) / (n + m)));
  return { statistic, pValue };
}

/** Sizes n and m of two samples, and D times n m, a whole number, which counts paths without rounding. */
export interface Gap {
  readonly n: number;
  readonly m: number;
  readonly steps: number;
}

/** The largest difference of two distribution functions, from counts by value in rising order. Undefined when a side is empty. */
export function largestGap(left: readonly number[], right: readonly number[]): Gap | undefined {
  const n = left.reduce((sum, count) => sum + count, 0);
  const m = right.reduce((sum, count) => sum + count, 0);
  if (n === 0 || m === 0) return undefined;
  let belowLeft = 0;
  let belowRight = 0;
  let steps = 0;
  for (let i = 0; i < left.length; i += 1) {
    belowLeft += left[i] ?? 0;
    belowRight += right[i] ?? 0;
    steps = Math.max(steps, Math.abs(belowLeft * m - belowRight * n));
  }
  return { n, m, steps };
}

// The two-sample Kolmogorov-Smirnov test: how far do two distribution functions lie apart at most?
import { forEachStep } from './pooled-steps.js';
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
  const left = sortedSample(a);
  const right = sortedSample(b);
  const [n, m] = [left.length, right.length];
  if (n === 0 || m === 0) return undefined;
  let belowLeft = 0;
  let belowRight = 0;
  // Times n m, so that it stays a whole number and counts paths without rounding.
  let largest = 0;
  forEachStep(left, right, (_, inLeft, inRight) => {
    belowLeft += inLeft;
    belowRight += inRight;
    largest = Math.max(largest, Math.abs(belowLeft * m - belowRight * n));
  });
  const statistic = largest / (n * m);
  const pValue =
    Math.max(n, m) <= EXACT_UP_TO
      ? pathLeavesBand(n, m, largest)
      : kolmogorovTail(statistic, Math.round((n * m) / (n + m)));
  return { statistic, pValue };
}

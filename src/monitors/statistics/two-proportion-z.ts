// The z test of two proportions: has a share changed?
import { normalTwoSided } from './special/normal.js';
import type { TestResult } from './test-result.js';

/** So many of a sample have what is counted; whole numbers, 0 <= successes <= n. */
export interface Proportion {
  readonly successes: number;
  readonly n: number;
}

/**
 * z with the pooled share, positive where the first share is the larger, and its two-sided p-value, without correction
 * for continuity. Undefined when a side is empty, or none or all of both sides are successes.
 */
export function twoProportionZ(left: Proportion, right: Proportion): TestResult | undefined {
  if (left.n <= 0 || right.n <= 0) return undefined;
  const share = (left.successes + right.successes) / (left.n + right.n);
  const squaredError = share * (1 - share) * (1 / left.n + 1 / right.n);
  if (!(squaredError > 0)) return undefined;
  const statistic = (left.successes / left.n - right.successes / right.n) / Math.sqrt(squaredError);
  return { statistic, pValue: normalTwoSided(statistic) };
}

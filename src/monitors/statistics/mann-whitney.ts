// The Mann-Whitney test: is a value of one sample as likely larger as smaller than one of the other?
import { countsByValue } from './pooled-steps.js';
import { sortedSample } from './sorted-sample.js';
import { mannWhitneyTail } from './special/mann-whitney-exact.js';
import { normalTwoSided } from './special/normal.js';
import type { TestResult } from './test-result.js';

const EXACT_UP_TO = 8;

/**
 * U of the first sample (pairs in which its value is the larger, ties half) and the two-sided p-value, as
 * `scipy.stats.mannwhitneyu`: exact when a side has at most 8 values and nothing is tied, else normal, corrected for
 * ties and continuity. The samples need no order; values that are not finite are left out. Undefined when a side is
 * empty or all values are equal.
 */
export function mannWhitney(a: ArrayLike<number>, b: ArrayLike<number>): TestResult | undefined {
  const { left, right } = countsByValue(sortedSample(a), sortedSample(b));
  return mannWhitneyOfCounts(left, right);
}

/** The same test on counts by value, in rising order of the values and as many of both sides. */
export function mannWhitneyOfCounts(
  left: readonly number[],
  right: readonly number[],
): TestResult | undefined {
  const n = left.reduce((sum, count) => sum + count, 0);
  const m = right.reduce((sum, count) => sum + count, 0);
  if (n === 0 || m === 0) return undefined;
  let belowRight = 0;
  let statistic = 0;
  let tieTerm = 0;
  for (let i = 0; i < left.length; i += 1) {
    const [inLeft, inRight] = [left[i] ?? 0, right[i] ?? 0];
    statistic += inLeft * (belowRight + inRight / 2);
    belowRight += inRight;
    const ties = inLeft + inRight;
    tieTerm += ties ** 3 - ties;
  }
  if (tieTerm === 0 && Math.min(n, m) <= EXACT_UP_TO)
    return {
      statistic,
      pValue: Math.min(1, 2 * mannWhitneyTail(Math.min(statistic, n * m - statistic), n, m)),
    };
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - tieTerm / (total * (total - 1)));
  if (variance <= 0) return undefined;
  const distance = Math.abs(statistic - (n * m) / 2) - 0.5;
  // The correction for continuity may lead past the middle, where nothing is more usual.
  const pValue = distance <= 0 ? 1 : normalTwoSided(distance / Math.sqrt(variance));
  return { statistic, pValue };
}

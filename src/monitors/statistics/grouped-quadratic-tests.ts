// Cramer-von Mises and Anderson-Darling on counts: tests that add up squared differences of two distribution functions.
import { andersonDarlingTail } from './special/anderson-darling-limit.js';
import { cramerVonMisesTail } from './special/cramer-von-mises-limit.js';
import type { TestResult } from './test-result.js';

/** Mean and variance of the limits when all values are different. */
const CRAMER = { mean: 1 / 6, variance: 1 / 45 };
const ANDERSON = { mean: 1, variance: (2 * (Math.PI ** 2 - 9)) / 3 };

/**
 * Cramer-von Mises by mid-ranks: each difference of the distribution functions, at the middle of a value's ties, squared
 * and weighted by the share of that value. Counts by value, in rising order, as many of both sides, however tied: mean
 * and variance of the statistic are those that such ties leave it, and its limit is fitted to them. Undefined when a side
 * is empty or there is one value only.
 */
export function groupedCramerVonMises(
  left: readonly number[],
  right: readonly number[],
): TestResult | undefined {
  const normed = quadraticForm(left, right, (share) => share);
  if (normed === undefined) return undefined;
  const { statistic, standardised } = normed;
  return { statistic, pValue: cramerVonMisesTail(CRAMER.mean + standardised * Math.sqrt(CRAMER.variance)) };
}

/**
 * The same with each difference in units of its own standard error: equation 7 of Scholz and Stephens (1987) for two
 * samples, standardised. Its p-value is that of the limit, so it goes on where their table of levels ends.
 */
export function groupedAndersonDarling(
  left: readonly number[],
  right: readonly number[],
): TestResult | undefined {
  const normed = quadraticForm(left, right, (share, variance) => share / variance);
  if (normed === undefined) return undefined;
  const { standardised } = normed;
  return {
    statistic: standardised,
    pValue: andersonDarlingTail(ANDERSON.mean + standardised * Math.sqrt(ANDERSON.variance)),
  };
}

interface NormedStatistic {
  readonly statistic: number;
  readonly standardised: number;
}

/**
 * Sum of weight times squared difference, the differences normed to the covariance min(u, v) - uv of a Brownian bridge,
 * less a quarter of a value's share where u = v lies in the middle of its ties; with this covariance mean and variance
 * of the sum follow.
 */
function quadraticForm(
  left: readonly number[],
  right: readonly number[],
  weightOf: (share: number, variance: number) => number,
): NormedStatistic | undefined {
  const n = left.reduce((sum, count) => sum + count, 0);
  const m = right.reduce((sum, count) => sum + count, 0);
  const total = n + m;
  if (n === 0 || m === 0) return undefined;
  const unit = Math.sqrt((n * m) / (total - 1));
  let belowLeft = 0;
  let below = 0;
  let statistic = 0;
  let mean = 0;
  let squares = 0;
  let products = 0;
  let before = 0;
  for (let i = 0; i < left.length; i += 1) {
    const inLeft = left[i] ?? 0;
    const ties = inLeft + (right[i] ?? 0);
    if (ties === total) return undefined;
    if (ties === 0) continue;
    const share = ties / total;
    const middle = (below + ties / 2) / total;
    const variance = middle * (1 - middle) - share / 4;
    const weight = weightOf(share, variance);
    statistic += weight * ((belowLeft + inLeft / 2 - n * middle) / unit) ** 2;
    mean += weight * variance;
    squares += (weight * variance) ** 2;
    products += weight * (1 - middle) ** 2 * before;
    before += weight * middle ** 2;
    belowLeft += inLeft;
    below += ties;
  }
  return { statistic, standardised: (statistic - mean) / Math.sqrt(2 * (squares + 2 * products)) };
}

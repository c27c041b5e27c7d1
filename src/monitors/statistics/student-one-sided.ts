// Student's t test, one-sided: is a mean surely above a bound, or above another mean?
import { studentTwoSided } from './special/student-t.js';
import { welchOfMoments, type MeanEstimate } from './welch-t.js';

/**
 * The probability of a sample mean at least so far above `bound` when the true mean lies on it. Without any spread a difference
 * is no chance; of fewer than two values, or where a number is not finite, nothing is known: 1.
 */
export function chanceOfMeanAbove(sample: MeanEstimate, bound: number): number {
  const { n, mean, squaredError } = sample;
  if (!isKnown(sample)) return 1;
  if (squaredError <= 0) return mean > bound ? 0 : 1;
  const statistic = (mean - bound) / Math.sqrt(squaredError);
  return upperTail(statistic, studentTwoSided(statistic, n - 1));
}

/** The same, beside the mean of another sample (Welch's test). */
export function chanceOfHigherMean(sample: MeanEstimate, other: MeanEstimate): number {
  if (!isKnown(sample) || !isKnown(other)) return 1;
  const test = welchOfMoments(sample, other);
  return test === undefined ? Number(sample.mean <= other.mean) : upperTail(test.statistic, test.pValue);
}

/** The sample of all values with their signs changed, so that what was under a bound is over one. */
export function negated({ n, mean, squaredError }: MeanEstimate): MeanEstimate {
  return { n, mean: -mean, squaredError };
}

function isKnown({ n, mean, squaredError }: MeanEstimate): boolean {
  return n >= 2 && Number.isFinite(mean) && Number.isFinite(squaredError);
}

function upperTail(statistic: number, twoSided: number): number {
  return statistic > 0 ? twoSided / 2 : 1 - twoSided / 2;
}

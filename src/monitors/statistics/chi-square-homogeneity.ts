// The chi-square test of homogeneity: do two samples of categories come from the same shares?
import { upperIncompleteGamma } from './incomplete-gamma.js';

/** The statistic, its degrees of freedom and the probability of one at least as large by chance. */
export interface ChiSquareTest {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
}

/**
 * Pearson's chi-square on the 2 x K table of both samples' counts, over every category either has seen; unlike a test
 * of fit it knows that the reference is a sample too. Undefined when a side is empty or only one category was seen.
 */
export function chiSquareHomogeneity(
  left: readonly number[],
  right: readonly number[],
): ChiSquareTest | undefined {
  const pairs = Array.from(
    { length: Math.max(left.length, right.length) },
    (_, i) => [left[i] ?? 0, right[i] ?? 0] as const,
  ).filter(([l, r]) => l + r > 0);
  const leftTotal = pairs.reduce((total, [l]) => total + l, 0);
  const rightTotal = pairs.reduce((total, [, r]) => total + r, 0);
  if (leftTotal <= 0 || rightTotal <= 0 || pairs.length < 2) return undefined;
  const total = leftTotal + rightTotal;
  let statistic = 0;
  for (const [l, r] of pairs) {
    const leftExpected = ((l + r) * leftTotal) / total;
    const rightExpected = ((l + r) * rightTotal) / total;
    statistic += (l - leftExpected) ** 2 / leftExpected + (r - rightExpected) ** 2 / rightExpected;
  }
  const degreesOfFreedom = pairs.length - 1;
  return { statistic, degreesOfFreedom, pValue: upperIncompleteGamma(degreesOfFreedom / 2, statistic / 2) };
}

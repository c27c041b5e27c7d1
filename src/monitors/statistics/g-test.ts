// The G test of homogeneity: the likelihood ratio beside Pearson's chi-square.
import type { ChiSquareTest } from './chi-square-homogeneity.js';
import { upperIncompleteGamma } from './incomplete-gamma.js';

/**
 * G = 2 sum O ln(O / E) on the 2 x K table of both samples' counts, over every category either has seen, with K - 1
 * degrees of freedom, as `scipy.stats.chi2_contingency(lambda_='log-likelihood', correction=False)`. Undefined when a
 * side is empty or only one category was seen.
 */
export function gTest(left: readonly number[], right: readonly number[]): ChiSquareTest | undefined {
  const pairs = Array.from(
    { length: Math.max(left.length, right.length) },
    (_, i) => [left[i] ?? 0, right[i] ?? 0] as const,
  ).filter(([l, r]) => l + r > 0);
  const leftTotal = pairs.reduce((total, [l]) => total + l, 0);
  const rightTotal = pairs.reduce((total, [, r]) => total + r, 0);
  if (leftTotal <= 0 || rightTotal <= 0 || pairs.length < 2) return undefined;
  const total = leftTotal + rightTotal;
  const half = pairs.reduce(
    (sum, [l, r]) => sum + term(l, ((l + r) * leftTotal) / total) + term(r, ((l + r) * rightTotal) / total),
    0,
  );
  // Rounding may leave a tiny negative for equal shares.
  const statistic = Math.max(0, 2 * half);
  const degreesOfFreedom = pairs.length - 1;
  return { statistic, degreesOfFreedom, pValue: upperIncompleteGamma(degreesOfFreedom / 2, statistic / 2) };
}

function term(observed: number, expected: number): number {
  return observed === 0 ? 0 : observed * Math.log(observed / expected);
}

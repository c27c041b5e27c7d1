// The two-sample Cramer-von Mises test: how far do two distribution functions lie apart over all values?
import { forEachStep } from './pooled-steps.js';
import { sortedSample } from './sorted-sample.js';
import { cramerVonMisesTail } from './special/cramer-von-mises-limit.js';
import type { TestResult } from './test-result.js';

/**
 * T of Anderson (1962) over mid-ranks, and its asymptotic p-value from T normed by mean and variance, as
 * `scipy.stats.cramervonmises_2samp(method='asymptotic')`. The samples need no order; values that are not finite are
 * left out. Undefined when a side has fewer than two values.
 */
export function cramerVonMises(a: ArrayLike<number>, b: ArrayLike<number>): TestResult | undefined {
  const left = sortedSample(a);
  const right = sortedSample(b);
  const [n, m] = [left.length, right.length];
  if (n < 2 || m < 2) return undefined;
  const total = n + m;
  let belowLeft = 0;
  let belowRight = 0;
  let squares = 0;
  forEachStep(left, right, (_, inLeft, inRight) => {
    const rank = belowLeft + belowRight + (inLeft + inRight + 1) / 2;
    for (let i = 1; i <= inLeft; i += 1) squares += n * (rank - belowLeft - i) ** 2;
    for (let j = 1; j <= inRight; j += 1) squares += m * (rank - belowRight - j) ** 2;
    belowLeft += inLeft;
    belowRight += inRight;
  });
  const product = n * m;
  const statistic = squares / (product * total) - (4 * product - 1) / (6 * total);
  const mean = (1 + 1 / total) / 6;
  const variance =
    ((total + 1) * (4 * product * total - 3 * (n * n + m * m) - 2 * product)) /
    (45 * total ** 2 * 4 * product);
  return { statistic, pValue: cramerVonMisesTail(1 / 6 + (statistic - mean) / Math.sqrt(45 * variance)) };
}

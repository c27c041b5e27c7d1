// The Kolmogorov-Smirnov test on values that were only counted between given points.
import { largestGap } from './kolmogorov-smirnov.js';
import { pathLeavesBand } from './special/lattice-paths.js';
import type { TestResult } from './test-result.js';

/** Counting paths beyond it takes more than a fraction of a millisecond. */
const MOST_STEPS = 50_000;
const NEGLIGIBLE = 1e-17;

/**
 * D at the points between the counts, in rising order and as many of both sides, and its two-sided p-value: exact while
 * that is cheap, else Kolmogorov's limit at (r + 0.12 + 0.11 / r) D, r = sqrt(nm / (n + m)) (Stephens 1970), within 2 %
 * of it. D between the points may be larger, so the p-value is too large rather than too small. Undefined when a side is empty.
 */
export function groupedKolmogorovSmirnov(
  left: readonly number[],
  right: readonly number[],
): TestResult | undefined {
  const gap = largestGap(left, right);
  if (gap === undefined) return undefined;
  const { n, m, steps } = gap;
  const statistic = steps / (n * m);
  const size = Math.sqrt((n * m) / (n + m));
  const width = 2 * statistic * Math.min(n, m) + 1;
  const pValue =
    Math.max(n, m) * width <= MOST_STEPS
      ? pathLeavesBand(n, m, steps)
      : kolmogorovLimit((size + 0.12 + 0.11 / size) * statistic);
  return { statistic, pValue };
}

/** P(K >= x) for Kolmogorov's limit, by the series that converges where x lies. */
function kolmogorovLimit(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  if (x < 1) {
    const rate = Math.PI ** 2 / (8 * x * x);
    for (let k = 1, term = 1; term > NEGLIGIBLE; k += 2) {
      term = Math.exp(-rate * k * k);
      sum += term;
    }
    return Math.max(0, 1 - (Math.sqrt(2 * Math.PI) / x) * sum);
  }
  for (let k = 1, term = 1; term > NEGLIGIBLE * sum; k += 1) {
    term = 2 * Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
  }
  return Math.min(1, sum);
}

// The Anderson-Darling test for k samples: like Cramer-von Mises, with more weight on the ends.
import { sortedSample } from './sorted-sample.js';
import { andersonDarlingPValue } from './special/anderson-darling-levels.js';
import type { TestResult } from './test-result.js';

/**
 * The standardised mid-rank statistic of Scholz and Stephens (1987), equation 7, as `scipy.stats.anderson_ksamp`. Its
 * p-value is read from a table of levels, so it is never above 0.25 nor below 0.001: a value at these ends means "at least"
 * and "at most". The samples need no order; values that are not finite are left out. Undefined for fewer than two samples,
 * an empty one, fewer than four values in all, or only one distinct value.
 */
export function andersonDarlingK(samples: readonly ArrayLike<number>[]): TestResult | undefined {
  const sorted = samples.map(sortedSample);
  const pooled = Float64Array.from(sorted.flatMap((sample) => [...sample])).sort();
  const total = pooled.length;
  if (sorted.length < 2 || sorted.some(({ length }) => length === 0) || total < 4) return undefined;
  if (pooled[0] === pooled.at(-1)) return undefined;
  const freedom = sorted.length - 1;
  const statistic = (midRankSum(sorted, pooled) - freedom) / Math.sqrt(varianceOf(sorted, total));
  return { statistic, pValue: andersonDarlingPValue(statistic, freedom) };
}

function midRankSum(samples: readonly Float64Array[], pooled: Float64Array): number {
  const total = pooled.length;
  const cursors = samples.map(() => 0);
  let sum = 0;
  for (let from = 0; from < total;) {
    const value = pooled[from];
    let to = from;
    while (to < total && pooled[to] === value) to += 1;
    const ties = to - from;
    const middle = from + ties / 2;
    const weight = ties / total / (middle * (total - middle) - (total * ties) / 4);
    samples.forEach((sample, i) => {
      const below = cursors[i] ?? 0;
      let upTo = below;
      while (sample[upTo] === value) upTo += 1;
      cursors[i] = upTo;
      sum += (weight * (total * ((below + upTo) / 2) - middle * sample.length) ** 2) / sample.length;
    });
    from = to;
  }
  return (sum * (total - 1)) / total;
}

/** Of the statistic before it is standardised, when all samples have one origin: equation 4 of the same paper. */
function varianceOf(samples: readonly Float64Array[], n: number): number {
  const k = samples.length;
  const inverse = samples.reduce((sum, { length }) => sum + 1 / length, 0);
  let harmonic = 0;
  let g = 0;
  for (let i = 1; i <= n - 2; i += 1) {
    harmonic += 1 / (n - i);
    g += harmonic / (i + 1);
  }
  const h = harmonic + 1;
  const a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * inverse;
  const b = (2 * g - 4) * k ** 2 + 8 * h * k + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6;
  const c = (6 * h + 2 * g - 2) * k ** 2 + (4 * h - 4 * g + 6) * k + (2 * h - 6) * inverse + 4 * h;
  const d = (2 * h + 6) * k ** 2 - 4 * h * k;
  return (a * n ** 3 + b * n ** 2 + c * n + d) / ((n - 1) * (n - 2) * (n - 3));
}

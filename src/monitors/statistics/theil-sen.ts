// The Theil-Sen line: a trend that up to 29 % of outliers cannot bend, with an interval that knows of autocorrelation.

/** A line through points; slopes per unit of x. */
export interface TheilSenLine {
  readonly slope: number;
  readonly intercept: number;
  /** Ends of the interval of the slope at about 99 %. */
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

// 99.5 % of the standard normal distribution lie below.
const Z = 2.5758293035489004;

/**
 * The median slope of all pairs of points (Theil 1950, Sen 1968) and its interval from the variance of Kendall's S, which
 * is widened by (1 + r) / (1 - r) where residuals follow each other with lag-1 correlation r > 0. Undefined for fewer
 * than three points of different x, or values that are not finite.
 */
export function theilSen(x: readonly number[], y: readonly number[]): TheilSenLine | undefined {
  const n = Math.min(x.length, y.length);
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let pairs = 0;
  for (let i = 0; i < n; i += 1)
    for (let j = i + 1; j < n; j += 1) {
      const [dx, dy] = [(x[j] ?? 0) - (x[i] ?? 0), (y[j] ?? 0) - (y[i] ?? 0)];
      if (dx === 0) continue;
      slopes[pairs] = dy / dx;
      pairs += 1;
    }
  const sorted = slopes.subarray(0, pairs).sort();
  if (pairs < 3 || !Number.isFinite(sorted[0]) || !Number.isFinite(sorted[pairs - 1])) return undefined;
  const slope = medianOfSorted(sorted);
  const offsets = Float64Array.from({ length: n }, (_, i) => (y[i] ?? 0) - slope * (x[i] ?? 0));
  const intercept = medianOfSorted(offsets.slice().sort());
  const spread = Z * Math.sqrt(((n * (n - 1) * (2 * n + 5)) / 18) * inflation(offsets, intercept));
  const rank = (at: number) => sorted[Math.min(pairs - 1, Math.max(0, Math.round(at)))] ?? slope;
  return {
    slope,
    intercept,
    low: rank((pairs - spread) / 2 - 1),
    high: rank((pairs + spread) / 2),
    n,
  };
}

/** Of the variance, by the residuals in the order of the points; 1 where they do not follow each other. */
function inflation(offsets: Float64Array, centre: number): number {
  let product = 0;
  let square = 0;
  for (let i = 0; i < offsets.length; i += 1) {
    const residual = (offsets[i] ?? 0) - centre;
    square += residual * residual;
    if (i > 0) product += residual * ((offsets[i - 1] ?? 0) - centre);
  }
  const r = square > 0 ? Math.min(0.99, Math.max(0, product / square)) : 0;
  return (1 + r) / (1 - r);
}

function medianOfSorted(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

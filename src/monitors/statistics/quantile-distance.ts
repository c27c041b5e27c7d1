// The Wasserstein-1 distance between a reference known by its quantiles and values that were only counted on a grid.

/** Points at which values are counted, rising and distinct, and the reference's distribution function F there. */
export interface QuantileGrid {
  readonly points: Float64Array;
  /** P(X < point) and P(X <= point); they differ where the reference has a value many times. */
  readonly below: Float64Array;
  readonly upTo: Float64Array;
  /** Integral of F from the point before. */
  readonly integrals: Float64Array;
}

/**
 * A grid on the quantiles, which are the inverse ECDF at i / (length - 1), and on `further` points. Between two
 * quantiles the reference is even, but for a lean that gives it its `mean`: without it a long tail would seem too thick.
 */
export function createQuantileGrid(
  quantiles: readonly number[],
  further: readonly number[],
  mean: number,
): QuantileGrid {
  const rising = [...quantiles].sort((a, b) => a - b);
  const points = Float64Array.from(new Set([...rising, ...further])).sort();
  const below = points.map((point) => shareAt(rising, point, (quantile) => quantile < point));
  const upTo = points.map((point) => shareAt(rising, point, (quantile) => quantile <= point));
  const width = (c: number) => (points[c] ?? 0) - (points[c - 1] ?? 0);
  const even = points.map((_, c) => (c === 0 ? 0 : (width(c) * ((upTo[c - 1] ?? 0) + (below[c] ?? 0))) / 2));
  /** How far an integral may be off: F lies between its values at both ends. */
  const leeway = points.map((_, c) =>
    c === 0 ? 0 : (width(c) * ((below[c] ?? 0) - (upTo[c - 1] ?? 0))) / 2,
  );
  const evenMean = (points.at(-1) ?? 0) - total(even);
  const lean = Math.max(-1, Math.min(1, (evenMean - mean) / (total(leeway) || Infinity)));
  return { points, below, upTo, integrals: even.map((integral, c) => integral + lean * (leeway[c] ?? 0)) };
}

/**
 * Integral of |F - G| in the unit of the values. `counts[c]` and `sums[c]` are number and sum of the values in
 * (points[c-1], points[c]], with open ends. Exact for the reference as the grid has it wherever F - G
 * keeps its sign within a cell, outliers included; a crossing inside a cell is taken as straight. 0 without values.
 */
export function gridWasserstein(
  grid: QuantileGrid,
  counts: ArrayLike<number>,
  sums: ArrayLike<number>,
): number {
  const last = grid.points.length;
  const n = totalOf(counts, last);
  if (n === 0) return 0;
  const first = grid.points[0] ?? 0;
  const end = grid.points[last - 1] ?? 0;
  let distance = Math.max(0, (first * (counts[0] ?? 0) - (sums[0] ?? 0)) / n);
  eachCell(grid, counts, sums, n, ({ width, atFrom, atTo, integral }) => {
    const net = Math.abs(integral);
    distance += atFrom * atTo >= 0 ? net : Math.max(net, crossing(atFrom, atTo, width));
  });
  return distance + Math.max(0, ((sums[last] ?? 0) - end * (counts[last] ?? 0)) / n);
}

/**
 * Integral of (F - G)^2 in the unit of the values, from counts and sums as above. Within a cell the difference is straight
 * between its ends, moved so that its integral is right; values beyond the grid are taken to lie together. 0 without values.
 */
export function gridSquaredDifference(
  grid: QuantileGrid,
  counts: ArrayLike<number>,
  sums: ArrayLike<number>,
): number {
  const last = grid.points.length;
  const n = totalOf(counts, last);
  if (n === 0) return 0;
  const beyond = (count: number, sum: number, end: number): number =>
    count === 0 ? 0 : (count / n) ** 2 * Math.abs(sum / count - end);
  let squared = beyond(counts[0] ?? 0, sums[0] ?? 0, grid.points[0] ?? 0);
  eachCell(grid, counts, sums, n, ({ width, atFrom, atTo, integral }) => {
    squared += integral ** 2 / width + (width * (atTo - atFrom) ** 2) / 12;
  });
  return squared + beyond(counts[last] ?? 0, sums[last] ?? 0, grid.points[last - 1] ?? 0);
}

/** F - G within one cell: at both ends, and its integral. */
interface CellDifference {
  readonly width: number;
  readonly atFrom: number;
  readonly atTo: number;
  readonly integral: number;
}

/** Goes through the cells between the first and the last point, in rising order. */
function eachCell(
  { points, below, upTo, integrals }: QuantileGrid,
  counts: ArrayLike<number>,
  sums: ArrayLike<number>,
  n: number,
  visit: (cell: CellDifference) => void,
): void {
  let seen = counts[0] ?? 0;
  for (let c = 1; c < points.length; c += 1) {
    const to = points[c] ?? 0;
    const width = to - (points[c - 1] ?? 0);
    const count = counts[c] ?? 0;
    const atFrom = (upTo[c - 1] ?? 0) - seen / n;
    const current = (width * seen + to * count - (sums[c] ?? 0)) / n;
    seen += count;
    const atTo = (below[c] ?? 0) - seen / n;
    visit({ width, atFrom, atTo, integral: (integrals[c] ?? 0) - current });
  }
}

/** Of the cells up to and with the `last`. */
function totalOf(counts: ArrayLike<number>, last: number): number {
  let n = 0;
  for (let c = 0; c <= last; c += 1) n += counts[c] ?? 0;
  return n;
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Area under the absolute value of a straight line that changes its sign on the way. */
function crossing(left: number, right: number, width: number): number {
  return (width * (left * left + right * right)) / (2 * (Math.abs(left) + Math.abs(right)));
}

function shareAt(rising: readonly number[], point: number, isBefore: (quantile: number) => boolean): number {
  let last = -1;
  for (let low = 0, high = rising.length - 1; low <= high;) {
    const middle = (low + high) >> 1;
    if (isBefore(rising[middle] ?? Infinity)) {
      last = middle;
      low = middle + 1;
    } else high = middle - 1;
  }
  const steps = rising.length - 1;
  if (last < 0) return 0;
  if (last >= steps) return 1;
  const from = rising[last] ?? 0;
  const to = rising[last + 1] ?? from;
  // At a quantile itself all of its equals count; between two the share rises evenly.
  return (last + (to > from ? (point - from) / (to - from) : 0)) / steps;
}

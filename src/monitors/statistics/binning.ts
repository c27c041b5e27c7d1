// Bins for numbers: where their edges lie, and how many values fall into each.
import { quantileOfSorted } from './quantile.js';

/**
 * The inner edges at the deciles of a reference in rising order, without repetition: nine where values are all
 * different, fewer under ties, one for a constant, none for no values. The ends are open, so a value far out lands in an
 * end bin and moves no edge.
 */
export function decileEdges(sortedReference: ArrayLike<number>): number[] {
  const deciles = Array.from({ length: 9 }, (_, i) => quantileOfSorted(sortedReference, (i + 1) / 10));
  return [...new Set(deciles.filter((decile) => decile !== undefined))];
}

/**
 * The inner edges of equally wide bins over the range of the given values, as many bins as Sturges' rule wants,
 * ceil(log2 n + 1); none when there is no range. Only for comparison with tools that bin so: one value far out puts all
 * others into one bin. Values that are not finite must have been left out.
 */
export function sturgesEdges(pooledSorted: ArrayLike<number>): number[] {
  const n = pooledSorted.length;
  const lowest = pooledSorted[0];
  const highest = pooledSorted[n - 1];
  if (lowest === undefined || highest === undefined || !(highest > lowest)) return [];
  const bins = Math.ceil(Math.log2(n) + 1);
  return Array.from({ length: bins - 1 }, (_, i) => lowest + ((i + 1) * (highest - lowest)) / bins);
}

/**
 * Counts values by bin: bin i holds edges[i - 1] < x <= edges[i], the first and the last bin are open, so there is one
 * bin more than edges (in rising order). Values that are not finite are left out.
 */
export function countInto(edges: readonly number[], values: Iterable<number>): number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => 0);
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const bin = binOf(edges, value);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** The number of edges below the value, by bisection. */
function binOf(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

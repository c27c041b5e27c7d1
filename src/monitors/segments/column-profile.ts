// The profile of one column from what was learnt of it, in the form of `reference.json`.
import type { ReferenceProfile } from '../monitor.js';
import { countInto, decileEdges } from '../statistics/binning.js';
import { quantileOfSorted } from '../statistics/quantile.js';

type ColumnProfile = ReferenceProfile['features'][string];

const STEPS = 100;

/** Of numbers: moments, 101 quantiles and counts between the deciles; deciles that coincide are one edge. */
export function profileSample(numbers: readonly number[], missing: number): ColumnProfile {
  const sorted = Float64Array.from(numbers).sort();
  const n = sorted.length;
  const [least = 0, most = 0] = [sorted[0], sorted.at(-1)];
  // Summed up, equal values are off by the last bit, and of that a spread would come that they do not have.
  const mean = least === most ? least : sorted.reduce((sum, x) => sum + x / n, 0);
  const variance = sorted.reduce((sum, x) => sum + (x - mean) ** 2 / n, 0);
  const quantiles = Array.from({ length: STEPS + 1 }, (_, i) => quantileOfSorted(sorted, i / STEPS) ?? 0);
  const edges = decileEdges(sorted);
  // In the order of `reference.json`, so that what is read back is the same text.
  return {
    kind: 'numeric',
    count: n,
    missing,
    mean,
    // Numbers near the largest there are have no variance that can be held.
    std: Number.isFinite(variance) ? Math.sqrt(variance) : 0,
    min: least,
    max: most,
    quantiles,
    histogram: { edges, counts: countInto(edges, sorted) },
  };
}

/** Of categories, by how often each came. */
export function profileCounts(counts: ReadonlyMap<string, number>, missing: number): ColumnProfile {
  const count = [...counts.values()].reduce((sum, n) => sum + n, 0);
  return { kind: 'category', count, missing, counts: Object.fromEntries(counts) };
}

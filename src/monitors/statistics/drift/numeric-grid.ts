// Where the numbers of a column are counted: the reference's quantiles and deciles, and what the reference has there.
import { createQuantileGrid, type QuantileGrid } from '../quantile-distance.js';
import type { NumericReference } from './column-reference.js';

/** Profiles round to six decimals, or finer where values vary less: what is nearer than that to an end of the reference lies on it. */
const ROUNDING = 1e-6;
const FINE_ROUNDING = 1e-5;
/** A quantile with fewer decimals is likely one of many equal values. */
const ROUND_UNIT = 1e5;

/** Cell c of the grid holds the values in (points[c - 1], points[c]], with open ends; it lies in one bin and in one group. */
export interface NumericGrid {
  readonly quantiles: QuantileGrid;
  /** Of the bins: the reference's deciles; a reference without spread is below, at and above its only value. */
  readonly edges: readonly number[];
  readonly binOfCell: readonly number[];
  readonly referenceBins: readonly number[];
  /** As fine as the reference's counts are known: by its quantiles, where values are all different, else by its deciles. */
  readonly groupOfCell: readonly number[];
  readonly referenceGroups: readonly number[];
  /** The first so many cells lie below everything in the reference, those from `aboveCell` on above it. */
  readonly belowCells: number;
  readonly aboveCell: number;
}

/** The grid of a reference that has values. */
export function createNumericGrid(reference: NumericReference): NumericGrid {
  const { min, max, mean, std, count, quantiles, histogram } = reference;
  const finest = std === 0 ? Infinity : FINE_ROUNDING * std;
  const lowest = min - Math.min(finest, ROUNDING * Math.max(1, Math.abs(min)));
  const highest = max + Math.min(finest, ROUNDING * Math.max(1, Math.abs(max)));
  const edges = std === 0 ? [lowest, highest] : [...histogram.edges].sort((a, b) => a - b);
  const referenceBins = std === 0 ? [0, count, 0] : histogram.counts;
  const grid = createQuantileGrid(quantiles, [...edges, lowest, highest], mean);
  const { points } = grid;
  const cells = Array.from({ length: points.length + 1 }, (_, cell) => points[cell] ?? Infinity);
  const bounds = groupBounds(reference, edges, referenceBins, { lowest, highest });
  const ends = bounds.map(({ at }) => at);
  return {
    quantiles: grid,
    edges,
    binOfCell: cells.map((end) => firstNotBelow(edges, end)),
    referenceBins,
    groupOfCell: cells.map((end) => firstNotBelow(ends, end)),
    referenceGroups: [...bounds, { at: Infinity, upTo: count }].map(
      ({ upTo }, i) => upTo - (bounds[i - 1]?.upTo ?? 0),
    ),
    belowCells: firstNotBelow(points, lowest) + 1,
    aboveCell: firstNotBelow(points, highest) + 1,
  };
}

/** The first whose value is not below `value`, of values in rising order; their number when there is none. */
export function firstNotBelow(rising: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Bound {
  readonly at: number;
  /** Values of the reference up to it. */
  readonly upTo: number;
}

/** At the edges of bins the count is known; at a quantile it follows from its rank, but not among equal values. */
function groupBounds(
  { count, std, quantiles }: NumericReference,
  edges: readonly number[],
  bins: readonly number[],
  { lowest, highest }: { readonly lowest: number; readonly highest: number },
): Bound[] {
  let upTo = 0;
  const known = edges.map((at, i): Bound => ({ at, upTo: (upTo += bins[i] ?? 0) }));
  if (std === 0) return known;
  const rising = [...quantiles].sort((a, b) => a - b);
  let at = 0;
  let last: Bound = { at: lowest, upTo: 0 };
  return [
    last,
    ...[...known, { at: highest, upTo: count }].flatMap((next) => {
      const between: Bound[] = [];
      for (; at < rising.length && (rising[at] ?? Infinity) <= next.at; at += 1) {
        const rank = Math.floor(((count - 1) * at) / (rising.length - 1)) + 1;
        const bound = { at: rising[at] ?? next.at, upTo: rank };
        if (!isAlone(rising, at) || bound.at === next.at || rank <= last.upTo || rank >= next.upTo) continue;
        between.push(bound);
        last = bound;
      }
      last = next;
      return [...between, next];
    }),
  ];
}

function isAlone(rising: readonly number[], i: number): boolean {
  const value = rising[i] ?? 0;
  const isDistinct = value > (rising[i - 1] ?? Infinity) && value < (rising[i + 1] ?? -Infinity);
  return isDistinct && !Number.isInteger(Number((value * ROUND_UNIT).toPrecision(15)));
}

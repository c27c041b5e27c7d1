// Counts the numbers of a column on a grid of the reference's quantiles, from which bins and distance follow.
import { createQuantileGrid, gridWasserstein } from '../quantile-distance.js';
import type { NumericReference } from './column-reference.js';
import type { ColumnSketch, ColumnSummary } from './column-sketch.js';

/** Profiles round to six decimals: what is nearer than that to an end of the reference lies on it. */
const ROUNDING = 1e-6;
/** Sums of even larger numbers could overflow. */
const LARGEST = 1e290;

/**
 * An empty sketch. It keeps number and sum of the values between each two neighbouring quantiles, about 2 KB for 101 of
 * them whatever the size of the window, and from these the distance follows to a few thousandths of a standard deviation.
 * Its table is the reference's histogram; for a reference without spread it is below, at and above its only value, and
 * the distance, for want of a unit, is the share of other values.
 */
export function createNumericSketch(reference: NumericReference): ColumnSketch {
  const { min, max, mean, std, quantiles, histogram } = reference;
  const lowest = min - ROUNDING * Math.max(1, Math.abs(min));
  const highest = max + ROUNDING * Math.max(1, Math.abs(max));
  const isConstant = std === 0;
  const edges = isConstant ? [lowest, highest] : [...histogram.edges].sort((a, b) => a - b);
  const grid = createQuantileGrid(quantiles, [...edges, lowest, highest], mean);
  const { points } = grid;
  const counts = new Float64Array(points.length + 1);
  const sums = new Float64Array(points.length + 1);
  const belowCells = cellOf(points, lowest) + 1;
  const aboveCell = cellOf(points, highest) + 1;
  const binOfCell = Array.from(counts, (_, cell) => cellOf(edges, points[cell] ?? Infinity));
  let missing = 0;

  const summary = (): ColumnSummary => {
    const table = Array.from({ length: edges.length + 1 }, () => 0);
    counts.forEach((count, cell) => {
      const bin = binOfCell[cell] ?? 0;
      table[bin] = (table[bin] ?? 0) + count;
    });
    const n = total(counts);
    const below = total(counts.subarray(0, belowCells));
    const above = total(counts.subarray(aboveCell));
    const distance = isConstant ? (below + above) / n : gridWasserstein(grid, counts, sums) / std;
    return {
      n,
      missing,
      mean: n === 0 ? undefined : total(sums) / n,
      table,
      below,
      above,
      distance: n === 0 ? undefined : Math.min(distance, Number.MAX_VALUE),
    };
  };

  return {
    bins: edges,
    reference: isConstant ? [0, reference.count, 0] : histogram.counts,
    add: (cells, rows) => {
      for (const row of rows) {
        const cell = cells?.[row];
        if (typeof cell !== 'number' || Number.isNaN(cell)) {
          missing += 1;
          continue;
        }
        const value = Math.max(-LARGEST, Math.min(LARGEST, cell));
        const at = cellOf(points, value);
        counts[at] = (counts[at] ?? 0) + 1;
        sums[at] = (sums[at] ?? 0) + value;
      }
    },
    summary,
    clear: () => {
      counts.fill(0);
      sums.fill(0);
      missing = 0;
    },
    snapshot: () => [missing, ...counts, ...sums],
    restore: (state) => {
      if (state.length !== 2 * counts.length + 1) throw new Error('the state counts on another grid');
      missing = state[0] ?? 0;
      counts.set(state.slice(1, counts.length + 1));
      sums.set(state.slice(counts.length + 1));
    },
  };
}

/** The first cell whose upper end is not below `value`; `ends.length` when there is none. */
function cellOf(ends: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function total(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

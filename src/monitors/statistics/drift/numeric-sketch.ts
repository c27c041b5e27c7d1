// Counts the numbers of a column on a grid of the reference's quantiles, from which bins and distances follow.
import { gridSquaredDifference, gridWasserstein } from '../quantile-distance.js';
import type { NumericReference } from './column-reference.js';
import type { ColumnSketch, ColumnSummary } from './column-sketch.js';
import { createNumericGrid, firstNotBelow } from './numeric-grid.js';

/** Sums of even larger numbers could overflow, and squares of such deviations. */
const LARGEST = 1e290;
const LARGEST_DEVIATION = 1e140;

/**
 * An empty sketch. It keeps number and sum of the values between each two neighbouring quantiles, about 2 KB for 101 of
 * them whatever the size of the window, and from these the distance follows to a few hundredths of a standard deviation, unless tails are very long.
 * Its table is the reference's histogram; for a reference without spread it is below, at and above its only value, and
 * the distances, for want of a unit, are the share of other values.
 */
export function createNumericSketch(reference: NumericReference): ColumnSketch {
  const { mean, std, count } = reference;
  const grid = createNumericGrid(reference);
  const { quantiles, edges, binOfCell, referenceBins, groupOfCell, referenceGroups } = grid;
  const { points } = quantiles;
  const counts = new Float64Array(points.length + 1);
  const sums = new Float64Array(points.length + 1);
  let [missing, deviations, squares] = [0, 0, 0];

  const summary = (): ColumnSummary => {
    const n = total(counts);
    const below = total(counts.subarray(0, grid.belowCells));
    const above = total(counts.subarray(grid.aboveCell));
    const inUnits = (distance: () => number): number | undefined =>
      n === 0 ? undefined : Math.min(std === 0 ? (below + above) / n : distance(), Number.MAX_VALUE);
    return {
      n,
      missing,
      mean: n === 0 ? undefined : total(sums) / n,
      table: addUp(counts, binOfCell, edges.length + 1),
      below,
      above,
      cells: addUp(counts, groupOfCell, referenceGroups.length),
      deviations,
      squares,
      distance: inUnits(() => gridWasserstein(quantiles, counts, sums) / std),
      energy: inUnits(() => Math.sqrt((2 * gridSquaredDifference(quantiles, counts, sums)) / std)),
    };
  };

  return {
    bins: edges,
    reference: {
      table: referenceBins,
      below: 0,
      above: 0,
      cells: referenceGroups,
      deviations: 0,
      squares: std ** 2 * count,
    },
    add: (cells, rows) => {
      for (const row of rows) {
        const cell = cells?.[row];
        if (typeof cell !== 'number' || Number.isNaN(cell)) {
          missing += 1;
          continue;
        }
        const value = Math.max(-LARGEST, Math.min(LARGEST, cell));
        const at = firstNotBelow(points, value);
        counts[at] = (counts[at] ?? 0) + 1;
        sums[at] = (sums[at] ?? 0) + value;
        const deviation = Math.max(-LARGEST_DEVIATION, Math.min(LARGEST_DEVIATION, value - mean));
        deviations += deviation;
        squares += deviation * deviation;
      }
    },
    summary,
    clear: () => {
      counts.fill(0);
      sums.fill(0);
      [missing, deviations, squares] = [0, 0, 0];
    },
    snapshot: () => [missing, deviations, squares, ...counts, ...sums],
    restore: (state) => {
      if (state.length !== 2 * counts.length + 3) throw new Error('the state counts on another grid');
      [missing = 0, deviations = 0, squares = 0] = state;
      counts.set(state.slice(3, counts.length + 3));
      sums.set(state.slice(counts.length + 3));
    },
  };
}

/** The counts of cells by what each belongs to. */
function addUp(counts: Float64Array, places: readonly number[], length: number): number[] {
  const sums = Array.from({ length }, () => 0);
  counts.forEach((count, cell) => {
    const place = places[cell] ?? 0;
    sums[place] = (sums[place] ?? 0) + count;
  });
  return sums;
}

function total(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

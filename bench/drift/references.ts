// References as a version ships them, and windows of any size to hold against them, drawn as counts.
import type { Random } from '../../src/training/random.js';
import { profileNumbers } from '../../src/training/reference-profile.js';
import { multinomial } from './draw-counts.js';
import type { NumericSource } from './sources.js';
import type { ColumnCounts, Statistics } from './statistics.js';

/** One sample as reference, and further ones from the same source, which may be shifted. */
export interface DrawnReference {
  readonly kind: 'numeric' | 'category';
  readonly counts: ColumnCounts;
  window(rows: number, shift?: number): ColumnCounts;
}

/** Up to so many rows are drawn one by one, through the monitor's own sketch. */
const MOST_DRAWN = 1000;

/** Numbers; a window that is drawn as counts knows nothing of its mean (`deviations` and `squares` are 0). */
export function numericReference(
  statistics: Statistics,
  source: NumericSource,
  rows: number,
  random: Random,
): DrawnReference {
  const profile = profileNumbers(Array.from({ length: rows }, () => source.draw(random)));
  const grid = statistics.createNumericGrid(profile);
  const sketch = statistics.createNumericSketch(profile);
  const points = Array.from(grid.quantiles.points);
  const addUp = (cells: readonly number[], places: readonly number[], length: number): number[] => {
    const sums = Array.from({ length }, () => 0);
    cells.forEach((count, cell) => {
      const place = places[cell] ?? 0;
      sums[place] = (sums[place] ?? 0) + count;
    });
    return sums;
  };
  const drawn = (size: number, shift: number): ColumnCounts => {
    sketch.clear();
    const cells = Array.from({ length: size }, () => source.draw(random) + shift);
    sketch.add(
      cells,
      cells.map((_, row) => row),
    );
    return sketch.summary();
  };
  const counted = (size: number, shift: number): ColumnCounts => {
    const upTo = [...points.map((point) => source.upTo(point - shift)), 1];
    const shares = upTo.map((share, i) => Math.max(0, share - (upTo[i - 1] ?? 0)));
    const cells = multinomial(random, size, shares);
    const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
    return {
      table: addUp(cells, grid.binOfCell, grid.referenceBins.length),
      below: sum(cells.slice(0, grid.belowCells)),
      above: sum(cells.slice(grid.aboveCell)),
      cells: addUp(cells, grid.groupOfCell, grid.referenceGroups.length),
      deviations: 0,
      squares: 0,
    };
  };
  return {
    kind: 'numeric',
    counts: sketch.reference,
    window: (size, shift = 0) => (size <= MOST_DRAWN ? drawn(size, shift) : counted(size, shift)),
  };
}

/** Categories with these shares. */
export function categoryReference(shares: readonly number[], rows: number, random: Random): DrawnReference {
  const count = (size: number): ColumnCounts => ({
    table: [...multinomial(random, size, shares), 0],
    below: 0,
    above: 0,
    cells: [],
    deviations: 0,
    squares: 0,
  });
  return { kind: 'category', counts: count(rows), window: count };
}

// Counts the categories of a column; whatever the reference never saw is counted as one.
import type { CategoryReference } from './column-reference.js';
import type { ColumnSketch } from './column-sketch.js';

/** What all unseen categories together are called. */
export const UNSEEN = '(unseen)';

const NO_NUMBERS = { below: 0, above: 0, cells: [], deviations: 0, squares: 0 };

/** An empty sketch; its table is the reference's categories in their order, and the unseen ones last. */
export function createCategorySketch(reference: CategoryReference): ColumnSketch {
  const categories = Object.keys(reference.counts);
  const codes = new Map(categories.map((category, code) => [category, code]));
  const counts = new Float64Array(categories.length + 1);
  let missing = 0;
  return {
    bins: [...categories, UNSEEN],
    reference: { ...NO_NUMBERS, table: [...Object.values(reference.counts), 0] },
    add: (cells, rows) => {
      for (const row of rows) {
        const cell = cells?.[row] ?? null;
        if (cell === null || (typeof cell === 'number' && !Number.isFinite(cell))) missing += 1;
        else {
          const code = codes.get(typeof cell === 'string' ? cell : String(cell)) ?? categories.length;
          counts[code] = (counts[code] ?? 0) + 1;
        }
      }
    },
    summary: () => ({
      n: counts.reduce((total, count) => total + count, 0),
      missing,
      mean: undefined,
      ...NO_NUMBERS,
      table: [...counts],
      distance: undefined,
      energy: undefined,
    }),
    clear: () => {
      counts.fill(0);
      missing = 0;
    },
    snapshot: () => [missing, ...counts],
    restore: (state) => {
      if (state.length !== counts.length + 1) throw new Error('the state counts other categories');
      missing = state[0] ?? 0;
      counts.set(state.slice(1));
    },
  };
}

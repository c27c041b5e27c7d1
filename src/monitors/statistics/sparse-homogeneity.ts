// Homogeneity of two samples of counts when some cells are nearly empty: chi-square where it holds, exact where not.
import { chiSquareHomogeneity } from './chi-square-homogeneity.js';
import { hypergeometricTail } from './hypergeometric-tail.js';

/** Which test was the more decisive, its statistic (for the exact one: rows in question) and the p-value. */
export interface Homogeneity {
  readonly method: 'chi-square' | 'exact';
  readonly statistic: number;
  readonly pValue: number;
}

/** Cochran's rule: below this expected count in the smaller sample the chi-square tail promises too much. */
const LEAST_EXPECTED = 5;
/** The exact test of rare cells is given a hundredth of the error, so that the chi-square p-value stands as it is. */
const EXACT_SHARE = 0.01;

/**
 * For categories in no order. Those the reference never saw are counted as one with those it saw as rarely: of k rows
 * so counted about as many are to be expected again (Good and Turing), while unseen ones alone always seem too many.
 * Others are joined, the commonest first, until each cell is expected five times in the smaller sample. When the unseen
 * are still too rare for that, they leave the chi-square table and are tested exactly. Undefined when a side is empty.
 */
export function compareCategories(
  reference: readonly number[],
  current: readonly number[],
): Homogeneity | undefined {
  const table = tableOf(reference, current);
  if (table === undefined) return undefined;
  const rarest = rarestOf(table.cells);
  const others = table.cells.filter((cell) => cell.reference > rarest);
  const joined = join(
    others.sort((a, b) => b.reference + b.current - (a.reference + a.current)),
    table,
  );
  const unseen = table.cells.filter((cell) => cell.reference <= rarest).reduce(add, EMPTY);
  if (table.expected(unseen) >= LEAST_EXPECTED) return decide([...joined, unseen], []);
  return decide(joined, [{ rows: unseen.current, pValue: excessOf(unseen, table) }]);
}

/**
 * For bins in rising order. Neighbours are joined until each is expected five times in the smaller sample. `beyond`
 * are rows of `current` below and above everything in the reference, where no bin can tell; they are tested exactly,
 * by the chance that the most extreme rows of both samples together are all of one.
 */
export function compareOrdered(
  reference: readonly number[],
  current: readonly number[],
  beyond: { readonly below: number; readonly above: number },
): Homogeneity | undefined {
  const table = tableOf(reference, current);
  if (table === undefined) return undefined;
  const sides = [beyond.below, beyond.above].map((rows) => ({
    rows,
    pValue: excessOf({ reference: 0, current: rows }, table),
  }));
  return decide(join(table.cells, table), sides);
}

interface Cell {
  readonly reference: number;
  readonly current: number;
}

interface Table {
  readonly cells: readonly Cell[];
  readonly current: number;
  readonly total: number;
  /** Expected rows of a cell in the smaller sample if both are alike. */
  readonly expected: (cell: Cell) => number;
}

const EMPTY: Cell = { reference: 0, current: 0 };

function add(left: Cell, right: Cell): Cell {
  return { reference: left.reference + right.reference, current: left.current + right.current };
}

function tableOf(reference: readonly number[], current: readonly number[]): Table | undefined {
  const cells = Array.from({ length: Math.max(reference.length, current.length) }, (_, i) => ({
    reference: reference[i] ?? 0,
    current: current[i] ?? 0,
  })).filter((cell) => cell.reference + cell.current > 0);
  const sum = cells.reduce(add, EMPTY);
  if (sum.reference <= 0 || sum.current <= 0) return undefined;
  const total = sum.reference + sum.current;
  const smaller = Math.min(sum.reference, sum.current) / total;
  return {
    cells,
    current: sum.current,
    total,
    expected: (cell) => (cell.reference + cell.current) * smaller,
  };
}

/** Joins neighbours until each cell is well filled; what is left over goes to the last. */
function join(cells: readonly Cell[], { expected }: Table): Cell[] {
  const joined: Cell[] = [];
  let open = EMPTY;
  for (const cell of cells) {
    open = add(open, cell);
    if (expected(open) < LEAST_EXPECTED) continue;
    joined.push(open);
    open = EMPTY;
  }
  const last = joined.pop() ?? EMPTY;
  return [...joined, add(last, open)];
}

/** The greatest count up to which every count occurs in the reference: 0 where no category came just once. */
function rarestOf(cells: readonly Cell[]): number {
  const occurring = new Set(cells.map(({ reference }) => reference));
  let rarest = 0;
  while (occurring.has(rarest + 1)) rarest += 1;
  return rarest;
}

function excessOf(cell: Cell, { total, current }: Table): number {
  return hypergeometricTail(cell.current, {
    total,
    marked: cell.reference + cell.current,
    draws: current,
  });
}

/** The smaller of the p-values, each multiplied by what its share of the error asks. */
function decide(
  cells: readonly Cell[],
  exact: readonly { readonly rows: number; readonly pValue: number }[],
): Homogeneity {
  const test = chiSquareHomogeneity(
    cells.map((cell) => cell.reference),
    cells.map((cell) => cell.current),
  );
  const chiSquare = {
    method: 'chi-square',
    statistic: test?.statistic ?? 0,
    pValue: test?.pValue ?? 1,
  } as const;
  const factor = exact.length / (test === undefined ? 1 : EXACT_SHARE);
  return exact
    .map(({ rows, pValue }) => ({
      method: 'exact' as const,
      statistic: rows,
      pValue: Math.min(1, pValue * factor),
    }))
    .reduce<Homogeneity>((best, next) => (next.pValue < best.pValue ? next : best), chiSquare);
}

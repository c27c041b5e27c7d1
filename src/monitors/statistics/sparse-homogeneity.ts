// Homogeneity of two samples of counts when some cells are nearly empty: chi-square where it holds, exact where not.
import { chiSquareHomogeneity } from './chi-square-homogeneity.js';
import { hypergeometricTail } from './hypergeometric-tail.js';
import type { TestResult } from './test-result.js';

/** Which test was the more decisive, its statistic (for the exact one: rows in question) and the p-value. */
export interface Homogeneity<Method extends string = 'chi-square'> {
  readonly method: Method | 'exact';
  readonly statistic: number;
  readonly pValue: number;
}

/** A test of well filled cells, under its name; undefined where there is only one. */
export interface CellTest<Method extends string> {
  readonly method: Method;
  readonly test: (left: readonly number[], right: readonly number[]) => TestResult | undefined;
}

/** Cochran's rule: below this expected count in the smaller sample the chi-square tail promises too much. */
const LEAST_EXPECTED = 5;
/** The exact test of rare cells is given a hundredth of the error, so that the chi-square p-value stands as it is. */
const EXACT_SHARE = 0.01;

const CHI_SQUARE: CellTest<'chi-square'> = { method: 'chi-square', test: chiSquareHomogeneity };

/**
 * For categories in no order. They are joined, the commonest in both samples together first, until each cell is expected
 * five times in the smaller sample. Those left over are too rare for that: they go with the last cell, and are tested
 * exactly as well, by the chance that so many of their rows are of `current`. Which cells are joined must not depend on
 * one sample alone: what is rare in the reference by chance is commoner again in any window. Undefined when a side is empty.
 */
export function compareCategories(
  reference: readonly number[],
  current: readonly number[],
): Homogeneity | undefined {
  return compareCategoriesBy(CHI_SQUARE, reference, current);
}

/**
 * For bins in rising order. Neighbours are joined until each is expected five times in the smaller sample. `beyond`
 * are rows of `current` below and above everything in the reference, where no bin can tell; they are tested exactly,
 * by the chance that the most extreme rows of both samples together are all of one.
 */
export function compareOrdered(
  reference: readonly number[],
  current: readonly number[],
  beyond: Beyond,
): Homogeneity | undefined {
  return compareOrderedBy(CHI_SQUARE, reference, current, beyond);
}

/** Rows of the current sample below and above everything in the reference. */
export interface Beyond {
  readonly below: number;
  readonly above: number;
}

/** As `compareCategories`, by another test of the cells. */
export function compareCategoriesBy<Method extends string>(
  cellTest: CellTest<Method>,
  reference: readonly number[],
  current: readonly number[],
): Homogeneity<Method> | undefined {
  const table = tableOf(reference, current);
  if (table === undefined) return undefined;
  const { cells, rest } = join(
    [...table.cells].sort((a, b) => b.reference + b.current - (a.reference + a.current)),
    table,
  );
  return decide(cellTest, cells, [{ rows: rest.current, pValue: excessOf(rest, table) }]);
}

/** As `compareOrdered`, by another test of the cells. */
export function compareOrderedBy<Method extends string>(
  cellTest: CellTest<Method>,
  reference: readonly number[],
  current: readonly number[],
  beyond: Beyond,
): Homogeneity<Method> | undefined {
  const table = tableOf(reference, current);
  if (table === undefined) return undefined;
  const sides = [beyond.below, beyond.above].map((rows) => ({
    rows,
    pValue: excessOf({ reference: 0, current: rows }, table),
  }));
  return decide(cellTest, join(table.cells, table).cells, sides);
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

/** Joins neighbours until each cell is well filled; what is left over goes to the last, and is told as `rest`. */
function join(cells: readonly Cell[], { expected }: Table): { readonly cells: Cell[]; readonly rest: Cell } {
  const joined: Cell[] = [];
  let open = EMPTY;
  for (const cell of cells) {
    open = add(open, cell);
    if (expected(open) < LEAST_EXPECTED) continue;
    joined.push(open);
    open = EMPTY;
  }
  const last = joined.pop() ?? EMPTY;
  return { cells: [...joined, add(last, open)], rest: open };
}

function excessOf(cell: Cell, { total, current }: Table): number {
  return hypergeometricTail(cell.current, {
    total,
    marked: cell.reference + cell.current,
    draws: current,
  });
}

/** The smaller of the p-values, each multiplied by what its share of the error asks. */
function decide<Method extends string>(
  { method, test }: CellTest<Method>,
  cells: readonly Cell[],
  exact: readonly { readonly rows: number; readonly pValue: number }[],
): Homogeneity<Method> {
  const result = test(
    cells.map((cell) => cell.reference),
    cells.map((cell) => cell.current),
  );
  const usual = { method, statistic: result?.statistic ?? 0, pValue: result?.pValue ?? 1 };
  const factor = exact.length / (result === undefined ? 1 : EXACT_SHARE);
  return exact
    .map(({ rows, pValue }) => ({
      method: 'exact' as const,
      statistic: rows,
      pValue: Math.min(1, pValue * factor),
    }))
    .reduce<Homogeneity<Method>>((best, next) => (next.pValue < best.pValue ? next : best), usual);
}

// Tests whether a column differs from its reference beyond chance, by the test that its rule names.
import { groupedKolmogorovSmirnov } from '../grouped-kolmogorov-smirnov.js';
import { groupedAndersonDarling, groupedCramerVonMises } from '../grouped-quadratic-tests.js';
import { gTest } from '../g-test.js';
import { mannWhitneyOfCounts } from '../mann-whitney.js';
import { meanDifferenceZ } from '../mean-difference-z.js';
import {
  compareCategories,
  compareCategoriesBy,
  compareOrdered,
  compareOrderedBy,
  type CellTest,
} from '../sparse-homogeneity.js';
import type { TestResult } from '../test-result.js';
import { twoProportionZ } from '../two-proportion-z.js';
import { welchOfMoments, type MeanEstimate } from '../welch-t.js';
import type { ColumnReference } from './column-reference.js';
import type { ColumnCounts } from './column-sketch.js';

/**
 * `chi-square` is homogeneity over deciles or categories, exact where cells are nearly empty. `auto`, the default, asks
 * Mann-Whitney too where numbers have an order that tells: deciles see any change of shape, ranks a shift far sooner.
 */
export type ColumnTest =
  | 'auto'
  | 'chi-square'
  | 'g-test'
  | 'ks'
  | 'cramer-von-mises'
  | 'anderson-darling'
  | 'mann-whitney'
  | 'welch-t'
  | 'z-test';

/** What was tested by (`exact` where nearly empty cells decided), the statistic and the p-value. */
export interface ColumnTestResult extends TestResult {
  readonly method: Exclude<ColumnTest, 'auto'> | 'exact';
}

/** Where one value holds more of the rows, their ranks say little but how often that value came, and their tail is not normal. */
const MOST_EQUAL = 0.5;

/**
 * The result of a test on the counts of both sides. Where it cannot be made (no spread, one value only) chi-square is;
 * undefined when a side is empty. `auto` takes the more decisive of its two tests, and its p-value twice (Bonferroni).
 */
export function testColumn(
  test: ColumnTest,
  kind: ColumnReference['kind'],
  reference: ColumnCounts,
  current: ColumnCounts,
): ColumnTestResult | undefined {
  if (test === 'auto')
    return moreDecisive(byCounts(kind, reference, current), byRanks(kind, reference, current));
  if (test === 'chi-square') return byCounts(kind, reference, current);
  if (test === 'g-test') return byCells({ method: test, test: gTest }, kind, reference, current);
  if (test === 'z-test' && kind === 'category')
    return byCells({ method: test, test: commonestZ }, kind, reference, current);
  const result = numericTest(test, reference, current);
  if (result === undefined) return byCounts(kind, reference, current);
  return { method: test, statistic: result.statistic, pValue: result.pValue };
}

function byCounts(
  kind: ColumnReference['kind'],
  reference: ColumnCounts,
  current: ColumnCounts,
): ColumnTestResult | undefined {
  return kind === 'numeric'
    ? compareOrdered(reference.table, current.table, current)
    : compareCategories(reference.table, current.table);
}

/** Undefined where the order of the values tells nothing. Which that is depends on both samples alike, so that it is no choice. */
function byRanks(
  kind: ColumnReference['kind'],
  { cells }: ColumnCounts,
  current: ColumnCounts,
): ColumnTestResult | undefined {
  if (kind !== 'numeric') return undefined;
  const together = cells.map((count, i) => count + (current.cells[i] ?? 0));
  if (Math.max(...together) > MOST_EQUAL * sum(together)) return undefined;
  const result = mannWhitneyOfCounts(cells, current.cells);
  return result && { method: 'mann-whitney', ...result };
}

function moreDecisive(
  counts: ColumnTestResult | undefined,
  ranks: ColumnTestResult | undefined,
): ColumnTestResult | undefined {
  if (counts === undefined || ranks === undefined) return counts;
  const result = ranks.pValue < counts.pValue ? ranks : counts;
  return { ...result, pValue: Math.min(1, 2 * result.pValue) };
}

function numericTest(
  test: Exclude<ColumnTest, 'auto' | 'chi-square' | 'g-test'>,
  reference: ColumnCounts,
  current: ColumnCounts,
): TestResult | undefined {
  switch (test) {
    case 'ks':
      return groupedKolmogorovSmirnov(reference.cells, current.cells);
    case 'cramer-von-mises':
      return groupedCramerVonMises(reference.cells, current.cells);
    case 'anderson-darling':
      return groupedAndersonDarling(reference.cells, current.cells);
    case 'mann-whitney':
      return mannWhitneyOfCounts(reference.cells, current.cells);
    case 'welch-t':
      return ofMeans(welchOfMoments, reference, current);
    case 'z-test':
      return ofMeans(meanDifferenceZ, reference, current);
  }
}

function byCells(
  cellTest: CellTest<'g-test' | 'z-test'>,
  kind: ColumnReference['kind'],
  reference: ColumnCounts,
  current: ColumnCounts,
): ColumnTestResult | undefined {
  return kind === 'numeric'
    ? compareOrderedBy(cellTest, reference.table, current.table, current)
    : compareCategoriesBy(cellTest, reference.table, current.table);
}

/** The share of the commonest category, whatever became of the others. */
function commonestZ(left: readonly number[], right: readonly number[]): TestResult | undefined {
  if (left.length < 2) return undefined;
  return twoProportionZ(
    { successes: left[0] ?? 0, n: sum(left) },
    { successes: right[0] ?? 0, n: sum(right) },
  );
}

function ofMeans(
  test: (left: MeanEstimate, right: MeanEstimate) => TestResult | undefined,
  reference: ColumnCounts,
  current: ColumnCounts,
): TestResult | undefined {
  const [left, right] = [meanOf(reference), meanOf(current)];
  // Without a spread in the reference, what its profile rounded off would count as a change.
  if (left === undefined || right === undefined || left.squaredError === 0) return undefined;
  return test(left, right);
}

function meanOf({ table, deviations, squares }: ColumnCounts): MeanEstimate | undefined {
  const n = sum(table);
  if (n < 2) return undefined;
  const variance = Math.max(0, squares - deviations ** 2 / n) / (n - 1);
  return { n, mean: deviations / n, squaredError: variance / n };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

// What is kept of a column of a window: counts, in memory that does not grow with the rows.
import type { Cell } from './column-reference.js';

/** What is counted of a column; that of two windows added up is that of both together. */
export interface ColumnCounts {
  /** Counts by bin or category. */
  readonly table: readonly number[];
  /** Numbers below and above everything in the reference. */
  readonly below: number;
  readonly above: number;
  /** Counts of numbers on a finer grid than the bins, in rising order; none for categories. */
  readonly cells: readonly number[];
  /** Sum of the deviations of numbers from the reference's mean, and of their squares; 0 for categories. */
  readonly deviations: number;
  readonly squares: number;
}

/** A column of one window in numbers; table and cells in the order of the sketch's reference. */
export interface ColumnSummary extends ColumnCounts {
  /** Values that could be read, and rows without one. */
  readonly n: number;
  readonly missing: number;
  /** Undefined for categories, and without values. */
  readonly mean: number | undefined;
  /** Wasserstein-1 to the reference in its standard deviations; undefined for categories, and without values. */
  readonly distance: number | undefined;
  /** The energy distance to the reference, its standard deviation the unit; undefined as the other. */
  readonly energy: number | undefined;
}

/** Counts the values of a column; all state is numbers. */
export interface ColumnSketch {
  /** What the entries of a table stand for: categories, or upper edges of all bins but the last. */
  readonly bins: readonly (string | number)[];
  /** The counts of the reference, as long as those of a summary. */
  readonly reference: ColumnCounts;
  /** Takes the values of `rows`; a value of another kind than the column's counts as missing. */
  add(cells: readonly Cell[] | undefined, rows: readonly number[]): void;
  summary(): ColumnSummary;
  clear(): void;
  snapshot(): number[];
  /** Throws when `state` has another length than a snapshot of this column. */
  restore(state: readonly number[]): void;
}

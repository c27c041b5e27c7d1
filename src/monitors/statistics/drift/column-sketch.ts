// What is kept of a column of a window: counts, in memory that does not grow with the rows.
import type { Cell } from './column-reference.js';

/** A column of one window in numbers. */
export interface ColumnSummary {
  /** Values that could be read, and rows without one. */
  readonly n: number;
  readonly missing: number;
  /** Undefined for categories, and without values. */
  readonly mean: number | undefined;
  /** Counts by bin or category, in the order of the reference table of the sketch. */
  readonly table: readonly number[];
  /** Numbers below and above everything in the reference. */
  readonly below: number;
  readonly above: number;
  /** Wasserstein-1 to the reference in its standard deviations; undefined for categories, and without values. */
  readonly distance: number | undefined;
}

/** Counts the values of a column; all state is numbers. */
export interface ColumnSketch {
  /** What the entries of a table stand for: categories, or upper edges of all bins but the last. */
  readonly bins: readonly (string | number)[];
  /** The table of the reference, as long as that of a summary. */
  readonly reference: readonly number[];
  /** Takes the values of `rows`; a value of another kind than the column's counts as missing. */
  add(cells: readonly Cell[] | undefined, rows: readonly number[]): void;
  summary(): ColumnSummary;
  clear(): void;
  snapshot(): number[];
  /** Throws when `state` has another length than a snapshot of this column. */
  restore(state: readonly number[]): void;
}

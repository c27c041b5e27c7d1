// Reads the state of a drift watch back from plain JSON.
import type { Trail } from './judge-columns.js';

interface Cells {
  readonly span: { readonly from: number | null; readonly to: number | null; readonly n: number };
  readonly cells: readonly (readonly number[])[];
}

/** A state as written; whether it fits the columns is for their sketches to say. */
export interface DriftState {
  readonly columns: readonly string[];
  readonly filling: Cells;
  readonly judged: (Cells & { readonly before: readonly Trail[] }) | undefined;
}

/** Throws a TypeError on anything that is no such state. */
export function readDriftState(state: unknown): DriftState {
  const { columns, filling, judged } = readRecord(state);
  return {
    columns: readList(columns).map(String),
    filling: readCells(filling),
    judged:
      judged === null
        ? undefined
        : { ...readCells(judged), before: readList(readRecord(judged)['before']).map(readTrail) },
  };
}

function readCells(state: unknown): Cells {
  const { span, cells } = readRecord(state);
  const { from, to, n } = readRecord(span);
  return {
    span: { from: readTime(from), to: readTime(to), n: readNumber(n) },
    cells: readList(cells).map(readNumbers),
  };
}

function readTrail(state: unknown): Trail {
  const { windows, table, below, above, cells, deviations, squares } = readRecord(state);
  return {
    windows: readNumber(windows),
    table: readNumbers(table),
    below: readNumber(below),
    above: readNumber(above),
    cells: readNumbers(cells),
    deviations: readNumber(deviations),
    squares: readNumber(squares),
  };
}

function readRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('no object');
  return { ...value };
}

function readList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('no list');
  return value;
}

function readNumbers(value: unknown): readonly number[] {
  return readList(value).map(readNumber);
}

function readNumber(value: unknown): number {
  if (typeof value !== 'number') throw new TypeError('no number');
  return value;
}

function readTime(value: unknown): number | null {
  return value === null ? null : readNumber(value);
}

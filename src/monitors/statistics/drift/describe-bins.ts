// Lists the bins of a column with the counts of both sides, short enough for the detail of a finding.
import type { TumblingDrift } from './tumbling-drift.js';

/** So many categories are named; the others are counted as one. */
const MOST_CATEGORIES = 50;
const OTHER = '(other)';

/** Two histograms over the same bins: inner `edges` with open ends, or `categories`, the largest first to be named. */
export function describeBins(
  { reference, bins, counts }: TumblingDrift['columns'][number],
  table: readonly number[],
): Record<string, unknown> {
  if (reference.kind === 'numeric') return { edges: bins, referenceCounts: counts, currentCounts: table };
  const rows = bins.map((bin, i) => ({ bin, was: counts[i] ?? 0, is: table[i] ?? 0 }));
  if (rows.length <= MOST_CATEGORIES) return columnsOf(rows);
  const total = Math.max(1, sum(table));
  const weight = (row: Row) => Math.max(row.was / Math.max(1, reference.count), row.is / total);
  rows.sort((a, b) => weight(b) - weight(a));
  const rest = rows.slice(MOST_CATEGORIES);
  const other = { bin: OTHER, was: sum(rest.map(({ was }) => was)), is: sum(rest.map(({ is }) => is)) };
  return columnsOf([...rows.slice(0, MOST_CATEGORIES), other]);
}

interface Row {
  readonly bin: string | number;
  readonly was: number;
  readonly is: number;
}

function columnsOf(rows: readonly Row[]): Record<string, unknown> {
  return {
    categories: rows.map(({ bin }) => String(bin).slice(0, 200)),
    referenceCounts: rows.map(({ was }) => was),
    currentCounts: rows.map(({ is }) => is),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

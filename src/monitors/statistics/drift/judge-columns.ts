// Decides which columns of a full window have drifted: beyond chance, enough to matter, and not in this window alone.
import { adjustPValues } from '../multiple-testing.js';
import type { ColumnReference } from './column-reference.js';
import type { ColumnCounts, ColumnSummary } from './column-sketch.js';
import { testColumn, type ColumnTestResult } from './column-test.js';
import type { DriftRule } from './drift-rule.js';
import { effectSize } from './effect-size.js';

/** When a difference is a finding. All p-values are adjusted over the columns of the window (Benjamini-Hochberg). */
export interface DriftRules {
  /** A column with fewer values is not judged. */
  readonly minRows: number;
  /** Below it, and with an effect that matters, a window is suspect. */
  readonly suspectPValue: number;
  /** Columns' own levels are divided by it, as those here are already; 1 when unset. */
  readonly comparisons?: number;
  /** So many suspect windows in a row, which taken together lie below `warnPValue`, are a warning. */
  readonly confirmations: number;
  readonly warnPValue: number;
  /** Suspect windows that lie below this together, or one alone, are critical. */
  readonly criticalPValue: number;
}

/** The suspect windows in a row up to now, as one. */
export interface Trail extends ColumnCounts {
  readonly windows: number;
}

/** A column of a window and what is needed to judge it. */
export interface ColumnCase {
  readonly kind: ColumnReference['kind'];
  readonly reference: ColumnCounts;
  readonly rule: DriftRule;
  readonly summary: ColumnSummary;
  readonly before: Trail;
}

/** What became of a column; without p-values and effect where it had too few values. */
export interface ColumnVerdict {
  readonly status: 'ok' | 'warning' | 'critical' | 'insufficient-data';
  readonly summary: ColumnSummary;
  readonly effect: number | undefined;
  /** Of this window alone. */
  readonly test: ColumnTestResult | undefined;
  readonly adjustedPValue: number | undefined;
  /** Of all suspect windows in a row together, adjusted; that of the window where it is the first or none. */
  readonly evidence: number | undefined;
  readonly trail: Trail;
}

export const NO_TRAIL: Trail = {
  windows: 0,
  table: [],
  below: 0,
  above: 0,
  cells: [],
  deviations: 0,
  squares: 0,
};

/**
 * A verdict for each column. A window that is not suspect ends the row; the reference is one sample for all windows, so
 * a second window alone confirms little when the reference is small: hence the stricter bound on both together.
 */
export function judgeColumns(columns: readonly ColumnCase[], rules: DriftRules): ColumnVerdict[] {
  const tests = columns.map((column) =>
    column.summary.n < rules.minRows ? undefined : compare(column, column.summary),
  );
  const adjusted = adjust(tests);
  const drafts = columns.map((column, i) => {
    const { rule, summary, reference } = column;
    const effect = tests[i] === undefined ? undefined : effectSize(rule.method, summary, reference.table);
    const isLarge = effect !== undefined && effect >= rule.threshold;
    const isSuspect = isLarge && (adjusted[i] ?? 1) < suspectLevel(rule, rules);
    return { effect, isSuspect, trail: isSuspect ? extend(column.before, summary) : NO_TRAIL };
  });
  const together = columns.map((column, i) => {
    const trail = drafts[i]?.trail ?? NO_TRAIL;
    return trail.windows > 1 ? compare(column, trail) : tests[i];
  });
  const evidences = adjust(together);
  return columns.map(({ summary }, i) => {
    const { effect, isSuspect = false, trail = NO_TRAIL } = drafts[i] ?? {};
    const evidence = evidences[i];
    return {
      status: tests[i] === undefined ? 'insufficient-data' : statusOf(isSuspect, trail, evidence ?? 1, rules),
      summary,
      effect,
      test: tests[i],
      adjustedPValue: adjusted[i],
      evidence,
      trail,
    };
  });
}

function suspectLevel({ suspectPValue }: DriftRule, rules: DriftRules): number {
  return suspectPValue === undefined ? rules.suspectPValue : suspectPValue / (rules.comparisons ?? 1);
}

function statusOf(isSuspect: boolean, { windows }: Trail, evidence: number, rules: DriftRules) {
  if (!isSuspect) return 'ok';
  if (evidence < rules.criticalPValue) return 'critical';
  return windows >= rules.confirmations && evidence < rules.warnPValue ? 'warning' : 'ok';
}

function compare({ kind, rule, reference }: ColumnCase, current: ColumnCounts): ColumnTestResult | undefined {
  return testColumn(rule.test, kind, reference, current);
}

/** Adjusted over those that could be tested, in their places. */
function adjust(tests: readonly (ColumnTestResult | undefined)[]): (number | undefined)[] {
  const made = tests.flatMap((test) => (test === undefined ? [] : [test.pValue]));
  const adjusted = adjustPValues(made, 'benjamini-hochberg').values();
  return tests.map((test) => (test === undefined ? undefined : adjusted.next().value));
}

function extend(before: Trail, current: ColumnCounts): Trail {
  const add = (counts: readonly number[], more: readonly number[]): number[] =>
    counts.map((count, i) => count + (more[i] ?? 0));
  return {
    windows: before.windows + 1,
    table: add(current.table, before.table),
    below: current.below + before.below,
    above: current.above + before.above,
    cells: add(current.cells, before.cells),
    deviations: current.deviations + before.deviations,
    squares: current.squares + before.squares,
  };
}

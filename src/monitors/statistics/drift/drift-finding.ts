// Says in words and numbers what a judged column looks like beside its reference.
import { describeBins } from './describe-bins.js';
import type { ColumnVerdict } from './judge-columns.js';
import type { Span, TumblingDrift } from './tumbling-drift.js';

/** A finding of one column as the monitor contract wants it. */
export interface DriftFinding {
  readonly key: string;
  readonly status: ColumnVerdict['status'] | 'no-data';
  readonly value: number | null;
  readonly threshold: number | null;
  readonly effect: number | null;
  readonly pValue: number | null;
  readonly n: number;
  readonly summary: string;
  readonly detail: Record<string, unknown>;
}

type WatchedColumn = TumblingDrift['columns'][number];

/** The finding of a column that was judged: value and effect are its distance, the p-value is the adjusted one that decides. */
export function judgedFinding(key: string, column: WatchedColumn, verdict: ColumnVerdict): DriftFinding {
  const { summary, test, trail } = verdict;
  return {
    key,
    status: verdict.status,
    value: verdict.effect ?? null,
    threshold: column.rule.threshold,
    effect: verdict.effect ?? null,
    pValue: verdict.evidence ?? null,
    n: summary.n,
    summary: sentence(column, verdict),
    detail: {
      method: test?.method ?? null,
      effectMethod: column.rule.method,
      statistic: test?.statistic ?? null,
      windowPValue: test?.pValue ?? null,
      windowAdjustedPValue: verdict.adjustedPValue ?? null,
      suspectWindows: trail.windows,
      referenceRows: column.reference.count,
      currentRows: summary.n,
      referenceMean: column.reference.kind === 'numeric' ? column.reference.mean : null,
      currentMean: summary.mean ?? null,
      referenceMissingShare: share(column.reference.missing, column.reference.count),
      missingShare: share(summary.missing, summary.n),
      belowReference: summary.below,
      aboveReference: summary.above,
      ...describeBins(column, summary.table),
    },
  };
}

/** The finding of a column while no window was judged yet. */
export function unjudgedFinding(key: string, { n }: Span, rowsWanted: number): DriftFinding {
  const summary =
    n === 0
      ? 'No prediction to judge yet'
      : `No window was judged yet; ${n} predictions have come of the ${rowsWanted} that fill the first`;
  return withoutNumbers(key, n === 0 ? 'no-data' : 'insufficient-data', n, summary);
}

/** The finding where there is nothing to compare with. */
export function unreferencedFinding(key: string, n: number): DriftFinding {
  return withoutNumbers(key, 'no-data', n, 'The version has no reference to compare with');
}

function withoutNumbers(
  key: string,
  status: DriftFinding['status'],
  n: number,
  summary: string,
): DriftFinding {
  return { key, status, value: null, threshold: null, effect: null, pValue: null, n, summary, detail: {} };
}

function sentence(column: WatchedColumn, verdict: ColumnVerdict): string {
  const { status, effect, trail, summary } = verdict;
  const name = `"${column.name}"`;
  if (status === 'insufficient-data') return `${name} had only ${summary.n} values to compare`;
  if (status !== 'ok')
    return `${name} has drifted from the reference (${column.rule.method} ${short(effect ?? 0)}); ${change(column, verdict)}`;
  return trail.windows > 0
    ? `${name} differs from the reference in this window; another has to confirm it`
    : `${name} is distributed as in the reference`;
}

function change(column: WatchedColumn, { summary }: ColumnVerdict): string {
  if (column.reference.kind === 'numeric')
    return `its mean was ${short(column.reference.mean)}, is ${short(summary.mean ?? 0)}`;
  const [most] = column.bins
    .map((bin, i) => ({
      bin,
      was: share(column.counts[i] ?? 0, column.reference.count - (column.counts[i] ?? 0)),
      is: share(summary.table[i] ?? 0, summary.n - (summary.table[i] ?? 0)),
    }))
    .sort((a, b) => Math.abs(b.is - b.was) - Math.abs(a.is - a.was));
  if (most === undefined) return '';
  return `"${most.bin}" was ${percent(most.was)}, is ${percent(most.is)}`;
}

function share(part: number, rest: number): number {
  return part + rest === 0 ? 0 : part / (part + rest);
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1)}%`;
}

// The numbers a drift monitor measures, the worst columns first.
import type { ColumnVerdict } from './judge-columns.js';
import type { JudgedWindow, TumblingDrift } from './tumbling-drift.js';

/** How the series of a monitor are called: `<prefix>_effect{<label>}` and so on. */
export interface SeriesNames {
  readonly prefix: string;
  readonly label: string;
}

interface Series {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly unit: string | null;
  readonly value: number;
  readonly n: number;
}

/** A column of a judged window. */
export interface JudgedColumn {
  readonly column: TumblingDrift['columns'][number];
  readonly verdict: ColumnVerdict;
}

/** What the functions below measure, as a definition declares it. */
export function driftMetrics({ prefix, label }: SeriesNames) {
  return [
    {
      name: `${prefix}_statistic`,
      unit: null,
      help: 'Test statistic of the last window',
      labels: [label, 'method'],
    },
    {
      name: `${prefix}_p_value`,
      unit: 'ratio',
      help: 'Probability of such a difference by chance in one window',
      labels: [label, 'method'],
    },
    {
      name: `${prefix}_p_adjusted`,
      unit: 'ratio',
      help: 'The same, corrected for all that was tested with it',
      labels: [label],
    },
    {
      name: `${prefix}_effect`,
      unit: null,
      help: 'Distance to the reference; by default in standard deviations for numbers, 0 to 1 for categories',
      labels: [label],
    },
    {
      name: `${prefix}_window_rows`,
      unit: null,
      help: 'Predictions in the window that is being filled',
      labels: [],
    },
  ];
}

/** Columns of a judged window, those first that drifted most; equals stay in the order of the columns. */
export function worstFirst(watch: TumblingDrift, judged: JudgedWindow): JudgedColumn[] {
  const rank = { critical: 0, warning: 1, ok: 2, 'insufficient-data': 3 };
  return watch.columns
    .flatMap((column, i) => {
      const verdict = judged.columns[i];
      return verdict === undefined ? [] : [{ column, verdict }];
    })
    .sort(
      ({ verdict: a }, { verdict: b }) =>
        rank[a.status] - rank[b.status] ||
        (a.evidence ?? 1) - (b.evidence ?? 1) ||
        (b.effect ?? 0) - (a.effect ?? 0),
    );
}

/** Four series of each of `columns` that could be tested. */
export function columnSeries(columns: readonly JudgedColumn[], { prefix, label }: SeriesNames): Series[] {
  return columns.flatMap(({ column: { name }, verdict: { test, adjustedPValue, effect, summary } }) => {
    if (test === undefined) return [];
    const labels = { [label]: name };
    const byMethod = { ...labels, method: test.method };
    const { n } = summary;
    return [
      { name: `${prefix}_statistic`, labels: byMethod, unit: null, value: test.statistic, n },
      { name: `${prefix}_p_value`, labels: byMethod, unit: 'ratio', value: test.pValue, n },
      { name: `${prefix}_p_adjusted`, labels, unit: 'ratio', value: adjustedPValue ?? 1, n },
      { name: `${prefix}_effect`, labels, unit: null, value: effect ?? 0, n },
    ];
  });
}

/** How far the next verdict is. */
export function fillingSeries(watch: TumblingDrift, { prefix }: SeriesNames): Series[] {
  const { n } = watch.filling();
  return [{ name: `${prefix}_window_rows`, labels: {}, unit: null, value: n, n }];
}

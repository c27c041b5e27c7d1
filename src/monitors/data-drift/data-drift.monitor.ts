// Watches whether the features a model is asked about are still distributed as in its reference.
import { defineMonitor, type Evaluation } from '../monitor.js';
import { judgedFinding, unjudgedFinding, unreferencedFinding } from '../statistics/drift/drift-finding.js';
import { columnSeries, driftMetrics, fillingSeries, worstFirst } from '../statistics/drift/drift-series.js';
import { createTumblingDrift } from '../statistics/drift/tumbling-drift.js';
import { windowRules } from '../statistics/drift/window-rules.js';
import { watchedFeatures } from './watched-features.js';
import { dataDriftSettings } from './data-drift.settings.js';
import { datasetFinding } from './dataset-finding.js';

const SERIES = { prefix: 'drift', label: 'feature' };
const DATASET = 'dataset';
/** Four series each, so that they stay within what the host takes; the worst are measured. */
const MOST_MEASURED = 49;
const MOST_FINDINGS = 199;

/** Measures `drift_*` by feature and `drift_share`; a finding for each feature and `dataset` for all of them. */
export const dataDriftMonitor = defineMonitor({
  name: 'data-drift',
  title: 'Data drift',
  summary: 'Whether features are distributed as in the reference',
  tasks: ['classification', 'regression', 'detection'],
  // Of a picture the stream has the name of its upload, which tells nothing.
  featureTypes: ['number', 'integer', 'category', 'boolean', 'text'],
  inputs: ['prediction'],
  comparesWithReference: true,
  settings: dataDriftSettings,
  metrics: [
    ...driftMetrics(SERIES),
    { name: 'drift_share', unit: 'ratio', help: 'Share of the judged features that drifted', labels: [] },
  ],
  create(chosen, subject) {
    const rules = windowRules(chosen, subject.comparisons);
    const watch = createTumblingDrift(watchedFeatures(chosen, subject), rules);
    const names = watch.columns.map(({ name }) => name);
    return {
      update: (events) => {
        for (const event of events) {
          if (event.kind !== 'prediction') continue;
          const { at, ids, errors, features } = event.batch;
          const rows: number[] = [];
          for (let row = 0; row < ids.length; row += 1) if ((errors[row] ?? null) === null) rows.push(row);
          watch.add(
            at,
            rows,
            names.map((name) => features[name]),
          );
        }
      },
      evaluate: (now): Evaluation => {
        const filling = watch.filling();
        const judged = watch.judged(now);
        const progress = filling.n > 0 || judged !== undefined ? fillingSeries(watch, SERIES) : [];
        if (names.length === 0)
          return {
            measurements: progress,
            findings: [unreferencedFinding(DATASET, filling.n)],
            window: filling,
          };
        if (judged === undefined)
          return {
            measurements: progress,
            findings: [...names.slice(0, MOST_FINDINGS).map(keyOf), DATASET].map((key) =>
              unjudgedFinding(key, filling, rules.rows),
            ),
            window: filling,
          };
        const columns = worstFirst(watch, judged);
        const dataset = datasetFinding(DATASET, columns, chosen.datasetDriftShare, judged.span.n);
        const share =
          dataset.value === null
            ? []
            : [{ name: 'drift_share', labels: {}, unit: 'ratio', value: dataset.value, n: judged.span.n }];
        return {
          measurements: [...progress, ...share, ...columnSeries(columns.slice(0, MOST_MEASURED), SERIES)],
          findings: [
            ...columns
              .slice(0, MOST_FINDINGS)
              .map(({ column, verdict }) => judgedFinding(keyOf(column.name), column, verdict)),
            dataset,
          ],
          window: judged.span,
        };
      },
      snapshot: watch.snapshot,
      restore: watch.restore,
    };
  },
});

/** A feature may be called as the finding over all of them is. */
function keyOf(feature: string): string {
  return feature === DATASET ? `feature ${DATASET}` : feature;
}

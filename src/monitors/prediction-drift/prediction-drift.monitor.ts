// Watches whether the answers of a model are still distributed as they were on its reference.
import { z } from 'zod';
import { decisionSettings, holdsMinRows, HOLDS_MIN_ROWS } from '../statistics/drift/decision-settings.js';
import { defineMonitor, type Evaluation, type Finding } from '../monitor.js';
import { judgedFinding, unjudgedFinding, unreferencedFinding } from '../statistics/drift/drift-finding.js';
import { columnSeries, driftMetrics, fillingSeries, worstFirst } from '../statistics/drift/drift-series.js';
import { DRIFT_METHODS } from '../statistics/drift/drift-rule.js';
import { driftThresholdsSchema } from '../statistics/drift/drift-thresholds.js';
import { createTumblingDrift } from '../statistics/drift/tumbling-drift.js';
import { windowRules } from '../statistics/drift/window-rules.js';
import { windowSchema } from '../window.js';
import { outputsOf, watchedOutputs } from './watched-outputs.js';

/** As those of data-drift, which say what they mean; an output has no method of its own. */
const settings = z
  .strictObject({
    window: windowSchema.default({ count: 1000 }),
    maxSeconds: z.number().positive().max(86_400).default(300),
    minRows: z.int().min(5).default(30),
    method: z.enum(DRIFT_METHODS).default('auto'),
    /** In standard deviations of the reference. */
    minWasserstein: z.number().nonnegative().default(0.1),
    minJensenShannon: z.number().min(0).max(1).default(0.1),
    thresholds: driftThresholdsSchema,
    ...decisionSettings,
  })
  .refine(holdsMinRows, HOLDS_MIN_ROWS);

const SERIES = { prefix: 'prediction_drift', label: 'output' };

/**
 * Measures `prediction_drift_*` by output; findings `label`, `confidence` and `probability:<class>` of a classifier, `value` of a
 * regression.
 */
export const predictionDriftMonitor = defineMonitor({
  name: 'prediction-drift',
  title: 'Prediction drift',
  summary: 'Whether answers are distributed as on the reference',
  tasks: ['classification', 'regression'],
  inputs: ['prediction'],
  comparesWithReference: true,
  settings,
  metrics: driftMetrics(SERIES),
  create(chosen, subject) {
    const rules = windowRules(chosen, subject.comparisons);
    const watched = watchedOutputs(chosen, subject);
    const watch = createTumblingDrift(
      watched.map(({ column }) => column),
      rules,
    );
    const names = watch.columns.map(({ name }) => name);
    const unreferenced = outputsOf(subject.manifest).flatMap(({ name, isExpected }) =>
      isExpected && !names.includes(name) ? [name] : [],
    );
    return {
      update: (events) => {
        for (const event of events) {
          if (event.kind !== 'prediction') continue;
          const { at, ids, errors, outputs: answered } = event.batch;
          const rows: number[] = [];
          for (let row = 0; row < ids.length; row += 1) if ((errors[row] ?? null) === null) rows.push(row);
          watch.add(
            at,
            rows,
            watched.map(({ output }) => output.cellsOf(answered)),
          );
        }
      },
      evaluate: (now): Evaluation => {
        const filling = watch.filling();
        const judged = watch.judged(now);
        const progress = filling.n > 0 || judged !== undefined ? fillingSeries(watch, SERIES) : [];
        const unknown = unreferenced.map((output) => unreferencedFinding(output, filling.n));
        if (judged === undefined)
          return {
            measurements: progress,
            findings: [
              ...names.map((name) => aboutAnswers(unjudgedFinding(name, filling, rules.rows))),
              ...unknown,
            ],
            window: filling,
          };
        const columns = worstFirst(watch, judged);
        return {
          measurements: [...progress, ...columnSeries(columns, SERIES)],
          findings: [
            ...columns.map(({ column, verdict }) =>
              aboutAnswers(judgedFinding(column.name, column, verdict)),
            ),
            ...unknown,
          ],
          window: judged.span,
        };
      },
      snapshot: watch.snapshot,
      restore: watch.restore,
    };
  },
});

/** As class-distribution says of its finding: other answers are one cause, told of once. */
function aboutAnswers(finding: Finding): Finding {
  return { ...finding, about: 'answers' };
}

// Watches how right a model is, once the true labels or values of its predictions come in.
import { z } from 'zod';
import { defineMonitor, type Evaluation, type FeedbackBatch, type PredictionBatch } from '../monitor.js';
import { createLabelledWindow, labelledWindowSchema } from './labelled-window.js';
import { createPredictionTally } from './prediction-tally.js';
import { truthKind } from './truth-kind.js';

const settings = z.strictObject({
  window: labelledWindowSchema.default({ count: 1000 }),
  /** Bounds the version must keep; where none is set, it is compared with its evaluation. */
  minAccuracy: z.number().min(0).max(1).optional(),
  maxMae: z.number().nonnegative().optional(),
  maxRmse: z.number().nonnegative().optional(),
  minMap50: z.number().min(0).max(1).optional(),
  /** In points of accuracy below the evaluation, */
  maxAccuracyDrop: z.number().min(0).max(1).default(0.05),
  criticalAccuracyDrop: z.number().min(0).max(1).default(0.15),
  /** and in parts of the evaluated mean absolute error above it. */
  maxErrorRise: z.number().nonnegative().default(0.2),
  criticalErrorRise: z.number().nonnegative().default(0.5),
  /** In points of mean average precision below the evaluation, and of precision and recall of one class. */
  maxMapDrop: z.number().min(0).max(1).default(0.05),
  criticalMapDrop: z.number().min(0).max(1).default(0.15),
  maxRateDrop: z.number().min(0).max(1).default(0.1),
  criticalRateDrop: z.number().min(0).max(1).default(0.25),
  /** Strict, because a window that slides is looked at every few seconds: the README has the rate of false alarms. */
  maxPValue: z.number().positive().max(1).default(0.00001),
  minRows: z.int().min(1).default(30),
});

const ofClass = (name: string, help: string) => ({ name, unit: 'ratio', help, labels: ['class'] });

/** Measures rates by class, or errors of numbers; findings `accuracy` or `map50`, and rates by class, or `mae` and `rmse`. */
export const performanceMonitor = defineMonitor({
  name: 'performance',
  title: 'Performance',
  summary: 'How right the model is by the labels that came in, beside its evaluation',
  tasks: ['classification', 'regression', 'detection'],
  inputs: ['prediction', 'feedback'],
  settings,
  metrics: [
    { name: 'accuracy', unit: 'ratio', help: 'Share of labelled predictions that were right', labels: [] },
    { name: 'map50', unit: 'ratio', help: 'Mean average precision at IoU 0.5', labels: [] },
    { name: 'balanced_accuracy', unit: 'ratio', help: 'Mean recall of the classes', labels: [] },
    { name: 'f1_macro', unit: 'ratio', help: 'Mean F1 of the classes', labels: [] },
    { name: 'f1_weighted', unit: 'ratio', help: 'Mean F1 of the classes by their cases', labels: [] },
    { name: 'matthews', unit: null, help: 'Matthews correlation, -1 to 1', labels: [] },
    { name: 'kappa', unit: null, help: "Cohen's kappa: agreement beyond chance, at most 1", labels: [] },
    ofClass('precision', 'Share of answers of this class that were right'),
    ofClass('recall', 'Share of cases of this class that were found'),
    ofClass('f1', 'Harmonic mean of precision and recall of this class'),
    ofClass('false_positive_rate', 'Share of cases of other classes answered as this class'),
    ofClass('false_negative_rate', 'Share of cases of this class answered as another'),
    {
      ...ofClass('false_positives_per_image', 'Detections of this class that are none, per labelled picture'),
      unit: null,
    },
    {
      ...ofClass('false_negatives_per_image', 'Things of this class that were missed, per labelled picture'),
      unit: null,
    },
    { name: 'mae', unit: null, help: 'Mean absolute error, in the unit of the value', labels: [] },
    { name: 'mse', unit: null, help: 'Mean squared error', labels: [] },
    {
      name: 'rmse',
      unit: null,
      help: 'Root of the mean squared error, in the unit of the value',
      labels: [],
    },
    { name: 'r2', unit: null, help: 'Share of the variance of the truth that is explained', labels: [] },
    { name: 'label_ratio', unit: 'ratio', help: 'Share of predictions that have a label', labels: [] },
  ],
  create(chosen, subject) {
    const { window: width } = chosen;
    const { comparisons = 1 } = subject;
    const bounds = { ...chosen, maxPValue: chosen.maxPValue / comparisons };
    const kind = truthKind(subject, bounds);
    const { classes } = kind;
    const window = createLabelledWindow(width, kind.shape);
    const tally = createPredictionTally();
    let revision = 0;

    const learn = ({ items }: FeedbackBatch) => {
      for (const item of items) {
        const values = kind.valuesOf(item);
        if (values !== undefined) window.add(item.predictedAt, item.predictionId, values);
      }
      revision += 1;
      if ('count' in width) tally.forgetBefore(window.start(0));
    };

    return {
      update: (events) => {
        for (const event of events) {
          if (event.kind === 'feedback') learn(event.batch);
          if (event.kind === 'prediction') {
            tally.add(event.batch.at, answeredRows(event.batch));
            if ('seconds' in width) tally.forgetBefore(event.batch.at - width.seconds * 1000);
          }
        }
      },
      evaluate: (now): Evaluation => {
        const rows = window.rows(now);
        const made = tally.since(window.start(now));
        const labelRatio = made === 0 ? undefined : Math.min(1, rows.length / made);
        const judged = kind.judge(rows, labelRatio, revision);
        const ratio = { name: 'label_ratio', labels: {}, unit: 'ratio', n: made };
        return {
          measurements: [
            ...judged.measurements,
            ...(labelRatio === undefined ? [] : [{ ...ratio, value: labelRatio }]),
          ],
          findings: judged.findings,
          window: { from: rows[0]?.at ?? null, to: rows.at(-1)?.at ?? null, n: rows.length },
        };
      },
      // The rows hold numbers of classes, which mean nothing without the list they count in.
      snapshot: () => ({ classes, rows: window.snapshot(), predictions: tally.snapshot() }),
      restore: (state) => {
        const held = stateSchema.parse(state);
        if (JSON.stringify(held.classes) !== JSON.stringify(classes))
          throw new Error('the state counts other classes');
        window.restore(held.rows);
        revision += 1;
        tally.restore(held.predictions);
      },
    };
  },
});

const stateSchema = z.strictObject({
  classes: z.array(z.string()),
  rows: z.unknown(),
  predictions: z.unknown(),
});

/** How many rows of a batch have an answer that could be labelled. */
function answeredRows({ ids, errors, outputs }: PredictionBatch): number {
  const answers = outputs.label ?? outputs.value ?? outputs.detections ?? [];
  return ids.filter((_, row) => (errors[row] ?? null) === null && (answers[row] ?? null) !== null).length;
}

// Watches how sure a classifier is of its answers.
import { z } from 'zod';
import { defineMonitor, type Measurement } from '../monitor.js';
import type { MeanEstimate } from '../statistics/welch-t.js';
import { createSlidingWindow, windowSchema } from '../window.js';
import { judgeConfidence, ordinaryConfidence } from './judge-confidence.js';

const settings = z.strictObject({
  window: windowSchema.default({ count: 1000 }),
  warnMeanBelow: z.number().min(0).max(1).default(0.7),
  criticalMeanBelow: z.number().min(0).max(1).default(0.5),
  /** What `low_confidence_ratio` counts as low. */
  lowBelow: z.number().min(0).max(1).default(0.6),
  /** Strict, because a window that slides is looked at every few seconds: the README has the rate of false alarms. */
  maxPValue: z.number().positive().max(1).default(0.00001),
  minRows: z.int().min(1).default(30),
});

/** Measures mean, least and greatest confidence and the share of low ones (0 to 1); finding `mean`. */
export const confidenceMonitor = defineMonitor({
  name: 'confidence',
  title: 'Confidence',
  summary: 'How sure the model is of its answers',
  tasks: ['classification'],
  inputs: ['prediction'],
  settings,
  metrics: [
    { name: 'confidence_mean', unit: 'ratio', help: 'Mean confidence of predictions', labels: [] },
    { name: 'confidence_min', unit: 'ratio', help: 'Least confidence of a prediction', labels: [] },
    { name: 'confidence_max', unit: 'ratio', help: 'Greatest confidence of a prediction', labels: [] },
    {
      name: 'low_confidence_ratio',
      unit: 'ratio',
      help: 'Share of predictions of low confidence',
      labels: [],
    },
  ],
  comparesWithReference: true,
  create(chosen, subject) {
    const rules = { ...chosen, maxPValue: chosen.maxPValue / (subject.comparisons ?? 1) };
    const ordinary = ordinaryConfidence(subject);
    const window = createSlidingWindow(chosen.window, 1);
    return {
      update: (events) => {
        for (const event of events) {
          if (event.kind !== 'prediction') continue;
          const { at, ids, errors, outputs } = event.batch;
          ids.forEach((_, row) => {
            const confidence = outputs.confidence?.[row];
            // One absurd value would hide what the mean of all others says.
            const isOne = typeof confidence === 'number' && confidence >= 0 && confidence <= 1;
            if (isOne && (errors[row] ?? null) === null) window.push(at, confidence);
          });
        }
      },
      evaluate: (now) => {
        const { columns, window: span } = window.rows(now);
        const values = columns[0] ?? new Float64Array(0);
        const summary = summarise(values, chosen.lowBelow);
        return {
          measurements: summary === undefined ? [] : measure(summary),
          findings: [judgeConfidence(summary, ordinary, rules)],
          window: span,
        };
      },
      snapshot: window.snapshot,
      restore: window.restore,
    };
  },
});

interface Summary extends MeanEstimate {
  readonly min: number;
  readonly max: number;
  readonly lowRatio: number;
}

function summarise(values: Float64Array, lowBelow: number): Summary | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  const n = values.length;
  // Around one of them, so that rounding gives equal values neither another mean nor a spread.
  const mean = first + values.reduce((total, value) => total + (value - first), 0) / n;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return {
    ...{ n, mean, squaredError: n < 2 ? 0 : squares / (n - 1) / n },
    min: values.reduce((least, value) => Math.min(least, value)),
    max: values.reduce((most, value) => Math.max(most, value)),
    lowRatio: values.filter((value) => value < lowBelow).length / n,
  };
}

function measure({ n, mean, min, max, lowRatio }: Summary): Measurement[] {
  const values = {
    confidence_mean: mean,
    confidence_min: min,
    confidence_max: max,
    low_confidence_ratio: lowRatio,
  };
  return Object.entries(values).map(([name, value]) => ({ name, labels: {}, unit: 'ratio', value, n }));
}

// Watches how sure a classifier is of its answers.
import { z } from 'zod';
import { defineMonitor, type Finding, type Measurement } from '../monitor.js';
import { createSlidingWindow, windowSchema } from '../window.js';

const settings = z.strictObject({
  window: windowSchema.default({ count: 1000 }),
  warnMeanBelow: z.number().min(0).max(1).default(0.7),
  criticalMeanBelow: z.number().min(0).max(1).default(0.5),
  /** What `low_confidence_ratio` counts as low. */
  lowBelow: z.number().min(0).max(1).default(0.6),
  minRows: z.int().min(1).default(30),
});
type Settings = z.output<typeof settings>;

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
  create(chosen) {
    const window = createSlidingWindow(chosen.window, 1);
    return {
      update: (events) => {
        for (const event of events) {
          if (event.kind !== 'prediction') continue;
          const { at, ids, errors, outputs } = event.batch;
          ids.forEach((_, row) => {
            if ((errors[row] ?? null) === null) window.push(at, outputs.confidence?.[row] ?? Number.NaN);
          });
        }
      },
      evaluate: (now) => {
        const { columns, window: span } = window.rows(now);
        const values = columns[0] ?? new Float64Array(0);
        const summary = summarise(values, chosen.lowBelow);
        return {
          measurements: summary === undefined ? [] : measure(summary, values.length),
          findings: [judge(summary?.mean, values.length, chosen)],
          window: span,
        };
      },
      snapshot: window.snapshot,
      restore: window.restore,
    };
  },
});

interface Summary {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly lowRatio: number;
}

function summarise(values: Float64Array, lowBelow: number): Summary | undefined {
  if (values.length === 0) return undefined;
  return {
    mean: values.reduce((total, value) => total + value, 0) / values.length,
    min: values.reduce((least, value) => Math.min(least, value)),
    max: values.reduce((most, value) => Math.max(most, value)),
    lowRatio: values.filter((value) => value < lowBelow).length / values.length,
  };
}

function measure({ mean, min, max, lowRatio }: Summary, n: number): Measurement[] {
  const values = {
    confidence_mean: mean,
    confidence_min: min,
    confidence_max: max,
    low_confidence_ratio: lowRatio,
  };
  return Object.entries(values).map(([name, value]) => ({ name, labels: {}, unit: 'ratio', value, n }));
}

function judge(mean: number | undefined, n: number, chosen: Settings): Finding {
  const critical = mean !== undefined && mean < chosen.criticalMeanBelow;
  const threshold = critical ? chosen.criticalMeanBelow : chosen.warnMeanBelow;
  const finding = { key: 'mean', value: mean ?? null, threshold, effect: null, pValue: null, n, detail: {} };
  if (mean === undefined)
    return { ...finding, status: 'no-data', summary: 'No prediction with a confidence in the window' };
  const said = `The mean confidence is ${mean.toFixed(3)}`;
  if (n < chosen.minRows)
    return { ...finding, status: 'insufficient-data', summary: `${said}, of only ${n} predictions` };
  if (mean >= threshold) return { ...finding, status: 'ok', summary: said };
  return {
    ...finding,
    status: critical ? 'critical' : 'warning',
    summary: `${said}, under ${threshold}`,
  };
}

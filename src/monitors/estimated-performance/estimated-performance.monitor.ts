// Watches how right a classifier probably is before any label came, by its own calibrated probabilities.
import { z } from 'zod';
import { defineMonitor, type Evaluation } from '../monitor.js';
import { createTumblingWindow } from '../tumbling-window.js';
import { MAX_WINDOW_ROWS, windowSchema } from '../window.js';
import { estimationTallies } from './estimation-tally.js';
import { isSuspect, judgeEstimate } from './judge-estimate.js';
import { estimateMetrics, measureEstimate } from './measure-estimate.js';

const settings = z.strictObject({
  /** Rows of a window, or the seconds after which it is over. */
  window: windowSchema.default({ count: 1000 }),
  /** A window of rows is over after this long too, if it has `minRows`. */
  maxSeconds: z.number().positive().max(86_400).default(300),
  minRows: z.int().min(1).max(MAX_WINDOW_ROWS).default(30),
  /** How far the whole band may lie under what the reference read, in points of accuracy. */
  maxAccuracyDrop: z.number().min(0).max(1).default(0.05),
  criticalAccuracyDrop: z.number().min(0).max(1).default(0.15),
  /** So many windows in a row must say so. */
  confirmations: z.int().min(1).max(100).default(2),
});

/** Measures `estimated_*` of the last window; finding `accuracy` against what the reference read when all was well. */
export const estimatedPerformanceMonitor = defineMonitor({
  name: 'estimated-performance',
  title: 'Estimated performance',
  summary:
    'How right the model probably is, without labels: sees other cases (covariate shift), cannot see concept drift',
  tasks: ['classification'],
  inputs: ['prediction'],
  settings,
  metrics: estimateMetrics,
  create(chosen, { manifest, reference }) {
    const calibration = reference?.calibration;
    const { classes } = manifest;
    // Own keys only: a class may be called as something that every object inherits.
    const curves = classes.map((name) =>
      calibration !== undefined && Object.hasOwn(calibration.classes, name)
        ? calibration.classes[name]?.curve
        : undefined,
    );
    const { window: width, maxSeconds, minRows } = chosen;
    const windows = createTumblingWindow(
      { width, maxSeconds, minRows },
      estimationTallies({
        classes,
        curves,
        isSuspect: (estimate) => isSuspect(estimate, calibration, chosen),
      }),
    );
    return {
      update: (events) => {
        for (const event of events) if (event.kind === 'prediction') windows.add(event.batch);
      },
      evaluate: (now): Evaluation => {
        const { tally, window, isOver } = windows.current(now);
        const estimate = tally.estimate();
        const judged = { estimate, calibration, suspectsBefore: tally.suspectsBefore(), isOver };
        return {
          measurements: measureEstimate(estimate, classes, calibration !== undefined),
          findings: [judgeEstimate(judged, chosen)],
          window,
        };
      },
      // Sums mean nothing without the classes they are of.
      snapshot: () => ({ classes, windows: windows.snapshot() }),
      restore: (state) => {
        const held = stateSchema.parse(state);
        if (JSON.stringify(held.classes) !== JSON.stringify(classes))
          throw new Error('the state is of other classes');
        windows.restore(held.windows);
      },
    };
  },
});

const stateSchema = z.strictObject({ classes: z.array(z.string()), windows: z.unknown() });

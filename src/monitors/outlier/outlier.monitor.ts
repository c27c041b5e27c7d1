// Watches how many inputs lie far from the reference, and which are the farthest.
import { z } from 'zod';
import { defineMonitor, type Evaluation, type Measurement } from '../monitor.js';
import { createTumblingWindow } from '../tumbling-window.js';
import { MAX_WINDOW_ROWS, windowSchema } from '../window.js';
import { judgeOutliers } from './judge-outliers.js';
import { outlierTallies } from './outlier-tally.js';
import { expectedRatio, yardsticksOf } from './yardstick.js';

const settings = z.strictObject({
  /** Rows of a window, or the seconds after which it is over. */
  window: windowSchema.default({ count: 1000 }),
  /** A window of rows is over after this long too, if it has `minRows`. */
  maxSeconds: z.number().positive().max(86_400).default(300),
  minRows: z.int().min(1).max(MAX_WINDOW_ROWS).default(30),
  /** In robust standard deviations. By the IQR, beyond 8 lie 0.07% of an exponential feature and 0.3% of a t with 3 degrees. */
  maxDistance: z.number().positive().max(1e6).default(8),
  /** How far the share of outliers may lie above what the reference leads to expect, in shares of 1. */
  maxRatio: z.number().min(0).max(1).default(0.02),
  criticalRatio: z.number().min(0).max(1).default(0.1),
});

/** Measures `outlier_ratio` and `outlier_judged_ratio`; finding `ratio` against the reference of the version. */
export const outlierMonitor = defineMonitor({
  name: 'outlier',
  title: 'Outliers',
  summary: 'Inputs far from the reference, and which are the farthest',
  tasks: ['classification', 'regression', 'detection'],
  // Of a picture the stream has the name of its upload, which tells nothing.
  featureTypes: ['number', 'integer', 'category', 'boolean', 'text'],
  inputs: ['prediction'],
  comparesWithReference: true,
  settings,
  metrics: [
    { name: 'outlier_ratio', unit: 'ratio', help: 'Share of judged rows far from the reference', labels: [] },
    {
      name: 'outlier_judged_ratio',
      unit: 'ratio',
      help: 'Share of rows with at least one number that the reference knows',
      labels: [],
    },
  ],
  create(chosen, subject) {
    const { window: width, maxSeconds, minRows, maxDistance } = chosen;
    const yardsticks = yardsticksOf(subject, maxDistance);
    const expected = yardsticks.length === 0 ? undefined : expectedRatio(yardsticks);
    const maxRows = 'count' in width ? width.count : MAX_WINDOW_ROWS;
    const windows = createTumblingWindow(
      { width, maxSeconds, minRows },
      outlierTallies(yardsticks, maxDistance, maxRows),
    );
    return {
      update: (events) => {
        for (const event of events) if (event.kind === 'prediction') windows.add(event.batch);
      },
      evaluate: (now): Evaluation => {
        const { tally, window, isOver } = windows.current(now);
        const counts = tally.counts();
        const ratio = (name: string, count: number, n: number): Measurement[] =>
          n === 0 ? [] : [{ name, labels: {}, unit: 'ratio', value: count / n, n }];
        return {
          measurements: [
            ...ratio('outlier_ratio', counts.outliers, counts.judged),
            ...ratio('outlier_judged_ratio', counts.judged, window.n),
          ],
          findings: [
            judgeOutliers({ ...counts, ...chosen, expected, isOver, comparisons: subject.comparisons }),
          ],
          window,
        };
      },
      // Distances mean nothing without what they were measured by.
      snapshot: () => ({ yardsticks, windows: windows.snapshot() }),
      restore: (state) => {
        const held = z.strictObject({ yardsticks: z.unknown(), windows: z.unknown() }).parse(state);
        if (JSON.stringify(held.yardsticks) !== JSON.stringify(yardsticks))
          throw new Error('the state was measured by another reference');
        windows.restore(held.windows);
      },
    };
  },
});

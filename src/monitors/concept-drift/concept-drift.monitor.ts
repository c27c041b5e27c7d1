// Watches whether the error of a model changed, by a streaming detector over its labelled predictions.
import { z } from 'zod';
import { defineMonitor, type Measurement } from '../monitor.js';
import { createSlidingWindow, windowSchema } from '../window.js';
import { createDetector, DETECTORS } from './create-detector.js';
import { createClassErrors, createValueErrors } from './error-stream.js';
import { judgeDrift, type ErrorSum } from './judge-drift.js';

const settings = z.strictObject({
  detector: z.enum(DETECTORS).default('adwin'),
  /** How long a drift stays shown after the label that told of it. */
  holdSeconds: z.number().nonnegative().max(2_592_000).default(600),
  /** Regression: an absolute error that is ordinary; learnt from the first `minRows` when unset. */
  errorScale: z.number().positive().optional(),
  /** Whose mean error is measured; the detector itself decides how far it looks back. */
  window: windowSchema.default({ count: 1000 }),
  minRows: z.int().min(1).default(30),
  /** Of the mean error as the detector sees it, in parts of what it was before the drift. */
  minRise: z.number().nonnegative().default(0.2),
});

const sumSchema = z.strictObject({
  n: z.int().nonnegative(),
  sum: z.number(),
  seen: z.int().nonnegative().default(0),
  seenSum: z.number().default(0),
});
const courseSchema = z.strictObject({
  /** Whether the detector warned at the last label. */
  warns: z.boolean(),
  since: sumSchema,
  last: z.strictObject({ at: z.number(), before: sumSchema }).nullable(),
});
const stateSchema = z.strictObject({
  detector: z.string(),
  detectorState: z.unknown(),
  scale: z.unknown(),
  recent: z.unknown(),
  course: courseSchema,
});

const NO_ERRORS: ErrorSum = { n: 0, sum: 0, seen: 0, seenSum: 0 };

/** Measures the mean error of the last labelled predictions; finding `error`. */
export const conceptDriftMonitor = defineMonitor({
  name: 'concept-drift',
  title: 'Concept drift',
  summary: 'Whether the model became wrong more often than it was',
  tasks: ['classification', 'regression'],
  inputs: ['feedback'],
  settings,
  metrics: [
    {
      name: 'concept_drift_error',
      unit: null,
      help: 'Mean error of the last labelled predictions: share of wrong classes, or absolute error',
      labels: [],
    },
    {
      name: 'concept_drift_labels',
      unit: null,
      help: 'Labelled predictions the drift detector has seen since it began, or since the last drift',
      labels: [],
    },
  ],
  create(chosen, subject) {
    const isRegression = subject.manifest.task === 'regression';
    const errors = isRegression ? createValueErrors(chosen.errorScale, chosen.minRows) : createClassErrors();
    let detector = createDetector(chosen.detector, subject.comparisons);
    const recent = createSlidingWindow(chosen.window, 1);
    let course: z.infer<typeof courseSchema> = { warns: false, since: NO_ERRORS, last: null };

    const learn = (error: number, receivedAt: number) => {
      const { n, sum, seen, seenSum } = course.since;
      const scaled = errors.scaled(error);
      const since = {
        ...{ n: n + 1, sum: sum + error },
        ...(scaled === undefined ? { seen, seenSum } : { seen: seen + 1, seenSum: seenSum + scaled }),
      };
      const state = scaled === undefined ? 'stable' : detector.add(scaled);
      if (state !== 'drift') {
        course = { ...course, warns: state === 'warning', since };
        return;
      }
      course = { warns: false, since: NO_ERRORS, last: { at: receivedAt, before: since } };
      // Some detectors keep a part of what they saw, and would tell of one change several times.
      detector = createDetector(chosen.detector, subject.comparisons);
    };

    return {
      update: (events) => {
        for (const event of events) {
          if (event.kind !== 'feedback') continue;
          for (const item of event.batch.items) {
            const error = errors.errorOf(item);
            if (error === undefined) continue;
            recent.push(item.predictedAt, error);
            learn(error, event.batch.receivedAt);
          }
        }
      },
      evaluate: (now) => {
        const { columns, window } = recent.rows(now);
        const sum = columns[0]?.reduce((total, error) => total + error, 0) ?? 0;
        const labels = measurement('concept_drift_labels', course.since.n, course.since.n);
        const { holdSeconds, minRise, minRows } = chosen;
        return {
          measurements:
            window.n === 0 || !Number.isFinite(sum)
              ? [labels]
              : [measurement('concept_drift_error', sum / window.n, window.n), labels],
          findings: [
            judgeDrift({ detector: chosen.detector, ...course, now, holdSeconds, minRise, minRows }),
          ],
          window,
        };
      },
      snapshot: () => ({
        detector: chosen.detector,
        detectorState: detector.snapshot(),
        scale: errors.snapshot(),
        recent: recent.snapshot(),
        course,
      }),
      restore: (state) => {
        const held = stateSchema.parse(state);
        if (held.detector !== chosen.detector) throw new Error('the state is that of another detector');
        detector.restore(held.detectorState);
        errors.restore(held.scale);
        recent.restore(held.recent);
        course = held.course;
      },
    };
  },
});

function measurement(name: string, value: number, n: number): Measurement {
  return { name, labels: {}, unit: null, value, n };
}

// Turns labelled predictions into a stream of errors from 0 to 1, which is what drift detectors are made for.
import { z } from 'zod';
import type { FeedbackBatch } from '../monitor.js';

const stateSchema = z.strictObject({ n: z.int().nonnegative(), sum: z.number().nonnegative() });

/** Errors of one model. */
export interface ErrorStream {
  /** The error as it is: 0 or 1 for a class, the absolute error for a number; undefined where a side is missing. */
  readonly errorOf: (item: FeedbackBatch['items'][number]) => number | undefined;
  /** The error from 0 to 1 for a detector; undefined while the scale is not known yet. */
  readonly scaled: (error: number) => number | undefined;
  readonly snapshot: () => unknown;
  readonly restore: (state: unknown) => void;
}

/** Classes need no scale. */
export function createClassErrors(): ErrorStream {
  return {
    errorOf: ({ predicted, truth }) =>
      predicted.label === undefined || truth.label === undefined
        ? undefined
        : Number(predicted.label !== truth.label),
    scaled: (error) => error,
    snapshot: () => ({ n: 0, sum: 0 }),
    restore: (state) => void stateSchema.parse(state),
  };
}

/**
 * An absolute error e becomes e / (e + scale), which a single huge error cannot carry away. Unless a scale is given, it
 * is the mean of the first `learnFrom` errors, which are spent on it.
 */
export function createValueErrors(scale: number | undefined, learnFrom: number): ErrorStream {
  let learnt = { n: 0, sum: 0 };
  return {
    errorOf: ({ predicted, truth }) => {
      const error = Math.abs((predicted.value ?? Number.NaN) - (truth.value ?? Number.NaN));
      return Number.isFinite(error) ? error : undefined;
    },
    scaled: (error) => {
      if (scale !== undefined) return error / (error + scale);
      // A model that was never wrong has shown no scale yet.
      if (learnt.n < learnFrom || learnt.sum === 0) {
        learnt = { n: learnt.n + 1, sum: Math.min(Number.MAX_VALUE, learnt.sum + error) };
        return undefined;
      }
      return error / (error + learnt.sum / learnt.n);
    },
    snapshot: () => learnt,
    restore: (state) => {
      learnt = stateSchema.parse(state);
    },
  };
}

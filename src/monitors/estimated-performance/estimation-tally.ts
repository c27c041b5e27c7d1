// Adds up what the probabilities of one window's answers promise, and knows how many windows before it promised too little.
import { z } from 'zod';
import type { PredictionBatch } from '../monitor.js';
import type { IsotonicFit } from '../statistics/isotonic-regression.js';
import { mendProbabilities } from '../statistics/mend-probabilities.js';
import { createPerformanceSums, type SummedPerformance } from '../statistics/performance-sums.js';
import type { Tally } from '../tumbling-window.js';

/** The sums of one window; a failed row, or one without sound probabilities of an answered class, is left out. */
export interface EstimationTally extends Tally {
  estimate(): SummedPerformance | undefined;
  /** Suspect windows in a row right before this one. */
  suspectsBefore(): number;
}

/** What every window of a model has in common. */
export interface Estimation {
  readonly classes: readonly string[];
  /** In the order of the classes; undefined where probabilities are taken at their word. */
  readonly curves: readonly (IsotonicFit | undefined)[];
  /** Whether an estimate promises too little; undefined when it rests on too few rows to say, which ends no row of windows. */
  readonly isSuspect: (estimate: SummedPerformance | undefined) => boolean | undefined;
}

/** Softmax in single precision may end a little above 1. */
const MOST = 1 + 1e-6;

const stateSchema = z.strictObject({ sums: z.array(z.number()), suspectsBefore: z.int().nonnegative() });

/** Makes tallies of windows that follow each other. */
export function estimationTallies({ classes, curves, isSuspect }: Estimation): () => EstimationTally {
  const codes = new Map(classes.map((name, code) => [name, code]));
  const row = new Float64Array(classes.length);
  // Set when a window closes, and read when the next one begins right after.
  let suspects = 0;

  return () => {
    const sums = createPerformanceSums(classes.length);
    let suspectsBefore = suspects;
    return {
      estimate: sums.estimate,
      suspectsBefore: () => suspectsBefore,
      add: (batch, from, to) => {
        const { label, probabilities } = batch.outputs;
        const columns = probabilities?.classes.map((name) => codes.get(name)) ?? [];
        if (probabilities?.values.length !== columns.length * batch.ids.length) return;
        for (let i = from; i < to; i += 1) {
          const answered = codes.get(label?.[i] ?? '');
          if ((batch.errors[i] ?? null) !== null || answered === undefined) continue;
          if (!fill(row, probabilities.values, i, columns)) continue;
          mendProbabilities(row, curves);
          sums.add(row, answered);
        }
      },
      close: () => {
        const verdict = isSuspect(sums.estimate());
        suspects = verdict === undefined ? suspectsBefore : verdict ? suspectsBefore + 1 : 0;
      },
      snapshot: () => ({ sums: sums.snapshot(), suspectsBefore }),
      restore: (state) => {
        const held = stateSchema.parse(state);
        sums.restore(held.sums);
        ({ suspectsBefore } = held);
      },
    };
  };
}

/** Puts the probabilities of one row where their classes have their places; false when one of them is none. */
function fill(
  row: Float64Array,
  values: NonNullable<PredictionBatch['outputs']['probabilities']>['values'],
  index: number,
  columns: readonly (number | undefined)[],
): boolean {
  row.fill(0);
  for (const [k, place] of columns.entries()) {
    const p = values[index * columns.length + k] ?? Number.NaN;
    if (!(p >= 0 && p <= MOST)) return false;
    if (place !== undefined) row[place] = Math.min(1, p);
  }
  return true;
}

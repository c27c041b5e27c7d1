// Page-Hinkley: sums how far values lie from their mean, and speaks when that goes one way for long.
import { z } from 'zod';
import type { DriftDetector } from './drift-detector.js';

/** When Page-Hinkley speaks; `delta` and `threshold` in the unit of the values. */
export interface PageHinkleyOptions {
  /** Fewest values before a drift is found. */
  readonly minValues?: number;
  /** A difference from the mean that does not count. */
  readonly delta?: number;
  readonly threshold?: number;
  /** What is left of the sums with every further value, 0 to 1. */
  readonly alpha?: number;
}

const stateSchema = z.strictObject({
  n: z.int().nonnegative(),
  mean: z.number(),
  rise: z.number().nonnegative(),
  fall: z.number().nonnegative(),
});
const FRESH = { n: 0, mean: 0, rise: 0, fall: 0 };

/**
 * The two-sided test of Page (1954) with forgetting: S = max(0, alpha S + (x - mean - delta)) for a rise and the same
 * mirrored for a fall, drift when either reaches the threshold. Never warns.
 */
export function createPageHinkley({
  minValues = 30,
  delta = 0.005,
  threshold = 50,
  alpha = 0.9999,
}: PageHinkleyOptions = {}): DriftDetector {
  let held: z.infer<typeof stateSchema> = FRESH;
  return {
    add: (value) => {
      if (!Number.isFinite(value)) return 'stable';
      const n = held.n + 1;
      const mean = held.mean + (value - held.mean) / n;
      const rise = Math.max(0, alpha * held.rise + (value - mean - delta));
      const fall = Math.max(0, alpha * held.fall + (mean - value - delta));
      const drift = n >= minValues && Math.max(rise, fall) >= threshold;
      held = drift ? FRESH : { n, mean, rise, fall };
      return drift ? 'drift' : 'stable';
    },
    snapshot: () => held,
    restore: (state) => {
      held = stateSchema.parse(state);
    },
  };
}

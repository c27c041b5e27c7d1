// DDM: watches an error rate leave the lowest it has had.
import { z } from 'zod';
import type { DriftDetector } from './drift-detector.js';

/** The usual thresholds. */
export const DDM_DEVIATIONS = { warning: 2, drift: 3 } as const;

/** When DDM speaks: thresholds in standard deviations of the lowest rate. */
export interface DdmOptions {
  /** Values before anything is found. */
  readonly warmStart?: number;
  readonly warning?: number;
  readonly drift?: number;
}

const stateSchema = z.strictObject({
  n: z.int().nonnegative(),
  rate: z.number(),
  /** Rate and its standard deviation where their sum was lowest; null before an error was seen after the warm start. */
  lowest: z.strictObject({ rate: z.number(), spread: z.number() }).nullable(),
});
const FRESH = { n: 0, rate: 0, lowest: null };

/**
 * The drift detection method (Gama and others 2004) for errors from 0 to 1: with rate p and s = sqrt(p (1 - p) / n),
 * warning at p + s > pmin + 2 smin and drift at p + s > pmin + 3 smin. Notices a rise alone. A rate of exactly 0 is no
 * minimum, because it has no spread and every error would be a drift.
 */
export function createDdm({
  warmStart = 30,
  warning = DDM_DEVIATIONS.warning,
  drift = DDM_DEVIATIONS.drift,
}: DdmOptions = {}): DriftDetector {
  let held: z.infer<typeof stateSchema> = FRESH;
  return {
    add: (value) => {
      if (!Number.isFinite(value)) return 'stable';
      const n = held.n + 1;
      const rate = held.rate + (value - held.rate) / n;
      const spread = Math.sqrt(Math.max(0, rate * (1 - rate)) / n);
      let { lowest } = held;
      const counts = n > warmStart && rate > 0;
      if (counts && (lowest === null || rate + spread <= lowest.rate + lowest.spread))
        lowest = { rate, spread };
      held = { n, rate, lowest };
      if (lowest === null) return 'stable';
      const exceeds = (deviations: number) => rate + spread > lowest.rate + deviations * lowest.spread;
      if (!exceeds(warning)) return 'stable';
      if (!exceeds(drift)) return 'warning';
      held = FRESH;
      return 'drift';
    },
    snapshot: () => held,
    restore: (state) => {
      held = stateSchema.parse(state);
    },
  };
}

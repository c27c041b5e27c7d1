// HDDM-A: compares the mean of all values with that up to the best cut, by Hoeffding's bound.
import { z } from 'zod';
import type { DriftDetector } from './drift-detector.js';

/** The usual confidences. */
export const HDDM_LEVELS = { drift: 0.001, warning: 0.005 } as const;

/** How improbable a rise must be by chance. */
export interface HddmAOptions {
  readonly drift?: number;
  readonly warning?: number;
}

const partSchema = z.strictObject({ n: z.int().nonnegative(), sum: z.number() });
const stateSchema = z.strictObject({ all: partSchema, cut: partSchema });
type Part = z.infer<typeof partSchema>;

const NOTHING: Part = { n: 0, sum: 0 };
const FRESH = { all: NOTHING, cut: NOTHING };

/**
 * HDDM with the A-test (Frias-Blanco and others 2015) for values from 0 to 1. The best cut is where mean + bound was
 * lowest, with bound = sqrt(ln(1 / drift) / 2n); a rise is found when the mean of all exceeds that up to the cut by
 * sqrt((1/ncut - 1/n) ln(2 / confidence) / 2). Notices a rise alone.
 */
export function createHddmA({
  drift = HDDM_LEVELS.drift,
  warning = HDDM_LEVELS.warning,
}: HddmAOptions = {}): DriftDetector {
  let held: z.infer<typeof stateSchema> = FRESH;

  const upper = ({ n, sum }: Part) => sum / n + Math.sqrt(Math.log(1 / drift) / (2 * n));
  const hasRisen = (all: Part, cut: Part, confidence: number) =>
    all.n > cut.n &&
    all.sum / all.n - cut.sum / cut.n >= Math.sqrt(((1 / cut.n - 1 / all.n) / 2) * Math.log(2 / confidence));

  return {
    add: (value) => {
      if (!Number.isFinite(value)) return 'stable';
      const all = { n: held.all.n + 1, sum: held.all.sum + value };
      const cut = held.cut.n === 0 || upper(all) <= upper(held.cut) ? all : held.cut;
      if (hasRisen(all, cut, drift)) {
        held = FRESH;
        return 'drift';
      }
      held = { all, cut };
      return hasRisen(all, cut, warning) ? 'warning' : 'stable';
    },
    snapshot: () => held,
    restore: (state) => {
      held = stateSchema.parse(state);
    },
  };
}

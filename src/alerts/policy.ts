// How patient alerting is: the times, the hysteresis and the meaning of missing data, with their defaults.
import { z } from 'zod';

const durationMs = z.int().nonnegative();
const missingData = z.enum(['keep', 'ok', 'alert']);

/**
 * One policy for the alerts of one monitor; every setting has a default, an unknown one is refused.
 * Missing data means: `keep` the alert as it stands with its timers paused, count as `ok`, or `alert`.
 */
export const alertPolicySchema = z
  .strictObject({
    /** A bad finding stays pending until it was bad for this long; 0 fires at once. */
    forMs: durationMs.default(10_000),
    /** A firing alert resolves only after its finding was ok for this long. */
    keepFiringForMs: durationMs.default(30_000),
    /** Share of |threshold| by which a value must be back on the good side before the alert resolves. */
    hysteresis: z.number().min(0).max(1).default(0.05),
    /**
     * An ok value that stays closer to the threshold than `hysteresis` resolves after this long all the same:
     * a bound may leave no room beyond it, as a share that had to reach 1.03.
     */
    settleMs: durationMs.default(300_000),
    /** While firing and not acknowledged, people are reminded this often. */
    repeatMs: z
      .int()
      .positive()
      .default(4 * 3_600_000),
    /** After people were told "resolved", the next episode is not announced before this has passed. */
    cooldownMs: durationMs.default(60_000),
    /** Fired more often than this within `flapWindowMs`, it flaps; 0 switches that off. */
    flapCount: z.int().min(0).max(100).default(3),
    flapWindowMs: durationMs.default(3_600_000),
    /** One that flaps stays firing, unrepeated, until its finding was ok for this long. */
    flapHoldMs: durationMs.default(900_000),
    noData: missingData.default('keep'),
    insufficientData: missingData.default('keep'),
  })
  .readonly();

/** A policy with every setting decided; durations in ms. */
export type AlertPolicy = z.infer<typeof alertPolicySchema>;

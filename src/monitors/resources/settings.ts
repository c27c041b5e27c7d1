// The settings of the resources monitor, and how patient it is by default.
import { z } from 'zod';

/** Above these for most of the window is a finding; null for never. */
function bounds(warnAbove: number, criticalAbove: number | null) {
  return z
    .strictObject({
      warnAbove: z.number().positive().default(warnAbove),
      criticalAbove: z.number().positive().nullable().default(criticalAbove),
    })
    .refine(
      (chosen) => chosen.criticalAbove === null || chosen.criticalAbove >= chosen.warnAbove,
      'criticalAbove must not be less than warnAbove',
    )
    .default({ warnAbove, criticalAbove });
}

/** Bounds are shares of the limit, but for `eventLoop`, which is in seconds. */
export const resourcesSettings = z
  .strictObject({
    /** A bound must be passed for most of it. */
    window: z.strictObject({ seconds: z.number().min(30).max(3600) }).default({ seconds: 300 }),
    /** So far forecasts look back. */
    trendHours: z.number().min(1).max(72).default(12),
    warnWithinHours: z.number().positive().max(1000).default(24),
    criticalWithinHours: z.number().positive().max(1000).default(2),
    /** A process that said nothing for so long is not shown any more. */
    goneAfterSeconds: z.number().min(10).max(3600).default(60),
    /** Processes, machines and queues that are shown, the fullest first; of each kind so many. */
    maxSeries: z.int().min(1).max(24).default(20),
    /** Jobs that may wait on one queue. */
    queueLimit: z.int().positive().default(10_000),
    // Work that is waited for may use all cores for a while, so that only a person can say what is critical.
    cpu: bounds(0.9, null),
    eventLoop: bounds(0.25, 1),
    memory: bounds(0.85, 0.95),
    heap: bounds(0.85, 0.95),
    machineMemory: bounds(0.92, 0.97),
    disk: bounds(0.9, 0.95),
    redisMemory: bounds(0.8, 0.9),
    queue: bounds(0.5, 0.9),
  })
  .refine(
    ({ warnWithinHours, criticalWithinHours }) => criticalWithinHours <= warnWithinHours,
    'criticalWithinHours must not be more than warnWithinHours',
  );

export type ResourcesSettings = z.output<typeof resourcesSettings>;
export type Bounds = ResourcesSettings['memory'];

// The contract of a measurement stream: what one monitor of one model measured and found in one evaluation.
import { z } from 'zod';
import { jsonCodec } from './codec.js';

/** One number of one series at the time of its report, from `n` rows. */
export const measurementSchema = z.object({
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  unit: z.string().nullable(),
  value: z.number(),
  n: z.int().nonnegative(),
});

/** What a monitor thinks of one thing it watches: `value` beside `threshold`, both in the unit of what is watched. */
export const findingSchema = z.object({
  /** Stable within the monitor, for example `mean` or `p99`; model, monitor and key together name an alert. */
  key: z.string(),
  status: z.enum(['ok', 'warning', 'critical', 'no-data', 'insufficient-data']),
  value: z.number().nullable(),
  threshold: z.number().nullable(),
  effect: z.number().nullable(),
  pValue: z.number().nullable(),
  n: z.int().nonnegative(),
  summary: z.string(),
  detail: z.record(z.string(), z.unknown()),
  /** While it is bad, the other findings of its monitor are its symptoms, and people hear of it alone. */
  isCause: z.boolean().optional(),
  /** What it is about, where several monitors of a model look at the same thing: people hear of one of them. */
  about: z.string().max(200).optional(),
});

/** One entry: one evaluation of one monitor at `at` (epoch ms), with the health of the monitor itself. */
export const monitorReportSchema = z.object({
  v: z.literal(1),
  model: z.string(),
  version: z.int().nullable(),
  monitor: z.string(),
  at: z.number(),
  window: z.object({ from: z.number().nullable(), to: z.number().nullable(), n: z.int().nonnegative() }),
  measurements: z.array(measurementSchema),
  findings: z.array(findingSchema),
  settings: z.record(z.string(), z.unknown()),
  health: z.object({
    status: z.enum(['ok', 'degraded', 'down']),
    errors: z.int().nonnegative(),
    lastError: z.string().nullable(),
    lagSeconds: z.number().nonnegative(),
  }),
});

/** Hand it to whoever writes or reads `measurements`. */
export const monitorReportCodec = jsonCodec(monitorReportSchema);

export type Measurement = z.infer<typeof measurementSchema>;
export type Finding = z.infer<typeof findingSchema>;
export type FindingStatus = Finding['status'];
export type MonitorReport = z.infer<typeof monitorReportSchema>;

// The contract of an alert stream: one entry per transition of one alert, carrying the alert as it stands after it.
import { z } from 'zod';
import { jsonCodec } from './codec.js';

/** The states of an episode, in the order of its life. */
export const alertStateSchema = z.enum(['pending', 'firing', 'acknowledged', 'resolved']);
/** How bad a finding is, the lesser first. */
export const severitySchema = z.enum(['warning', 'critical']);

/** One episode of one alert as it stands; times in epoch ms, null while they have not come. */
export const alertSchema = z.object({
  /** Unique per episode, sortable by start. */
  id: z.string(),
  model: z.string(),
  version: z.int().nullable(),
  monitor: z.string(),
  key: z.string(),
  severity: severitySchema,
  state: alertStateSchema,
  summary: z.string(),
  value: z.number().nullable(),
  threshold: z.number().nullable(),
  startedAt: z.number(),
  firedAt: z.number().nullable(),
  resolvedAt: z.number().nullable(),
  acknowledgedBy: z.string().nullable(),
});

/** A finding that an alert of several rests on. */
const evidenceSchema = z.object({
  monitor: z.string(),
  key: z.string(),
  status: z.string(),
  value: z.number().nullable(),
  threshold: z.number().nullable(),
  effect: z.number().nullable(),
  pValue: z.number().nullable(),
  n: z.int().nonnegative(),
  summary: z.string(),
});

/** One entry: how an alert changed (`from` null: it began), when (`at`, epoch ms), by whom, and the alert after it. */
export const alertTransitionSchema = z.object({
  v: z.literal(1),
  /** Unique: the key under which this transition is recorded and notified once. */
  id: z.string(),
  from: alertStateSchema.nullable(),
  to: alertStateSchema,
  at: z.number(),
  by: z.string().nullable(),
  comment: z.string().nullable(),
  value: z.number().nullable(),
  /** Whether people are to be told: opened, worsened, repeated or resolved; decided by the state machine alone. */
  notify: z.boolean(),
  alert: alertSchema,
  /**
   * Of those that people are told of together: the id of the first, whose entry brings the message about, and how many
   * they are. All were written in one step, so that whoever reads the first finds the others behind it.
   */
  message: z.object({ first: z.string(), size: z.int().min(2) }).optional(),
  /** What it rests on, where that is more than the alert itself tells. */
  evidence: z.array(evidenceSchema).optional(),
});

/** Hand it to whoever writes or reads `alerts`. */
export const alertTransitionCodec = jsonCodec(alertTransitionSchema);

export type Alert = z.infer<typeof alertSchema>;
export type AlertState = z.infer<typeof alertStateSchema>;
export type Severity = z.infer<typeof severitySchema>;
export type AlertTransition = z.infer<typeof alertTransitionSchema>;

/** What acknowledging answers: the alert as it stands afterwards, with the transition when this call made one. */
export interface AcknowledgedAlert {
  readonly alert: Alert;
  readonly transition: AlertTransition | undefined;
}

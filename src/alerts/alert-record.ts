// What the open-alerts hash holds for one alert identity: the alert and the bookkeeping of its episode.
import { z } from 'zod';
import { alertSchema, severitySchema } from '../events/alert-transition.js';

/** All times in epoch ms. A resolved record stays for the cooldown of its identity, and while it may be found to flap. */
const alertRecordSchema = z.object({
  alert: alertSchema,
  /** When the record last changed; time within a record never goes back behind it. */
  at: z.number(),
  /** Pending: for how long the finding was bad; later: for how long it was ok. Stands still while `since` is null. */
  timer: z.object({ ms: z.number(), since: z.number().nullable() }),
  /**
   * What people know of this episode, by notification or by acknowledging; null while they know nothing. `isNotified`
   * once a notification went out, which its receivers hold open until they hear of the end.
   */
  told: z
    .object({ severity: severitySchema, at: z.number(), isNotified: z.boolean().default(true) })
    .nullable(),
  /** When people were last told "resolved" about this identity, in this or the episode before. */
  resolvedNoticeAt: z.number().nullable(),
  /** When it fired lately, in this and earlier episodes, the oldest first. */
  firedTimes: z.array(z.number()).default([]),
  /** Counts writes, so that no two states of one record are the same string. */
  rev: z.int(),
});

/** The alert and the bookkeeping of its episode; see the schema. */
export type AlertRecord = z.infer<typeof alertRecordSchema>;
/** Milliseconds counted so far, and since when (epoch ms) it counts on. */
export type AlertTimer = AlertRecord['timer'];

/** A timer that has not seen anything yet. */
export const STOPPED: AlertTimer = { ms: 0, since: null };

/** Names an alert: one model has at most one open alert per monitor and key, whatever the version. */
export interface AlertIdentity {
  readonly model: string;
  readonly version: number | null;
  readonly monitor: string;
  readonly key: string;
}

/** The field of the open-alerts hash that belongs to an identity. */
export function alertField({ monitor, key }: Pick<AlertIdentity, 'monitor' | 'key'>): string {
  return `${monitor}/${key}`;
}

/** Reads a hash value; undefined when it is not a record, so that one broken field stops no other alert. */
export function parseAlertRecord(json: string): AlertRecord | undefined {
  try {
    return alertRecordSchema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

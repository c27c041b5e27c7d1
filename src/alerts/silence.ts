// A silence: until when which alerts make no notification, and who said so why.
import { z } from 'zod';
import type { AlertIdentity } from './alert-record.js';

/** Times in epoch ms. What is null matches everything. */
export const silenceSchema = z.object({
  id: z.string(),
  model: z.string().nullable(),
  monitor: z.string().nullable(),
  key: z.string().nullable(),
  until: z.number(),
  comment: z.string(),
  createdBy: z.string().nullable(),
});

export type Silence = z.infer<typeof silenceSchema>;

/** Whether the alerts of this identity are silenced at `now` (epoch ms). */
export function isSilenced(identity: AlertIdentity, silences: readonly Silence[], now: number): boolean {
  return silences.some(
    ({ model, monitor, key, until }) =>
      until > now &&
      (model === null || model === identity.model) &&
      (monitor === null || monitor === identity.monitor) &&
      (key === null || key === identity.key),
  );
}

/** Reads the values of the silences' hash; one that cannot be read silences nothing. */
export function parseSilences(values: readonly string[]): Silence[] {
  return values.flatMap((json) => {
    try {
      const parsed = silenceSchema.safeParse(JSON.parse(json));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

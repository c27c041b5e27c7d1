// The moment an id was made: uuid v7 carries it, so a prediction's day is known from its id alone.
import { AppError } from '../errors.js';

/** Epoch ms of a uuid version 7 (RFC 9562, 48 bits big-endian), undefined for anything else. */
export function uuidTimeMs(id: string): number | undefined {
  if (!UUID_V7.test(id)) return undefined;
  const ms = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  return ms <= LAST_MS ? ms : undefined;
}

/** The same for an id that is to be written; throws INVALID_INPUT where it carries no time. */
export function predictionTimeMs(id: string): number {
  const ms = uuidTimeMs(id);
  if (ms !== undefined) return ms;
  throw new AppError('INVALID_INPUT', 'A prediction id must be a uuid of version 7.', {
    details: { issues: [{ path: 'id', message: 'not a uuid of version 7' }] },
  });
}

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** The end of the year 9999, beyond which a day has no plain name. */
export const LAST_MS = Date.UTC(10_000, 0, 1) - 1;

// How a change of an alert becomes Redis writes: the hash field and one stream entry per transition.
import { alertTransitionCodec, type AlertTransition } from '../events/alert-transition.js';
import type { Keys } from '../redis/keys.js';
import type { Write } from '../redis/redis-client.js';
import type { AlertRecord } from './alert-record.js';

// A last resort against endless growth; the readers' positions bound the stream long before.
const MAX_ENTRIES = '100000';

/** Writes that bring one hash field to `next` (undefined: remove it) and append its transitions, in order. */
export function alertWrites(
  keys: ReturnType<Keys['model']>,
  field: string,
  next: AlertRecord | undefined,
  transitions: readonly AlertTransition[],
): Write[] {
  const state: Write =
    next === undefined
      ? ['HDEL', keys.openAlerts, field]
      : ['HSET', keys.openAlerts, field, JSON.stringify(next)];
  const entries = transitions.map((entry): Write => [
    'XADD',
    keys.alerts,
    'MAXLEN',
    '~',
    MAX_ENTRIES,
    '*',
    ...alertTransitionCodec.encode(entry),
  ]);
  return [state, ...entries];
}

// Lets a person take on an open alert, side by side with the monitors that keep judging it.
import { AppError } from '../errors.js';
import type { AcknowledgedAlert } from '../events/alert-transition.js';
import { commitFenced } from '../redis/fenced-commit.js';
import type { Keys } from '../redis/keys.js';
import { orUnavailable } from '../redis/or-unavailable.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { acknowledgeRecord } from './acknowledgement.js';
import { parseAlertRecord, type AlertRecord } from './alert-record.js';
import { alertWrites } from './alert-writes.js';

// A monitor writes an alert once per round, so that losing this often in a row means something else is wrong.
const ATTEMPTS = 20;
const AWAY = 'Alerts cannot be reached.';

/**
 * Acknowledges the open alert with this id; an acknowledged one stays as it is, with its first person.
 * Throws ALERT_NOT_FOUND, INVALID_INPUT (path `id`) when it is resolved already, UNAVAILABLE when Redis cannot be reached.
 */
export type Acknowledge = (
  id: string,
  by: string | null,
  comment?: string | null,
) => Promise<AcknowledgedAlert>;

/** Creates the function that acknowledges alerts of these models; `now` in epoch ms. */
export function createAcknowledge({
  redis,
  keys,
  models,
  now,
  createId,
}: {
  redis: RedisConnections;
  keys: Keys;
  models: readonly string[];
  now: () => number;
  createId: () => string;
}): Acknowledge {
  return async (id, by, comment = null) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const found = await orUnavailable(findOpen(redis, keys, models, id), AWAY);
      if (found === undefined) throw new AppError('ALERT_NOT_FOUND', 'There is no open alert with this id.');
      const { record, field, raw } = found;
      const step = acknowledgeRecord(record, { by, comment, now: now(), transitionId: createId() });
      if (step.outcome === 'unchanged') return { alert: record.alert, transition: undefined };
      if (step.outcome === 'resolved') throw alreadyResolved();
      const modelKeys = keys.model(record.alert.model);
      const committed = await orUnavailable(
        commitFenced(redis.commands, {
          lease: null,
          writes: alertWrites(modelKeys, field, step.next, [step.transition]),
          expectations: [{ key: modelKeys.openAlerts, field, value: raw }],
        }),
        AWAY,
      );
      if (committed === 'committed') return { alert: step.next.alert, transition: step.transition };
    }
    throw new AppError('UNAVAILABLE', 'The alert kept changing; try again.');
  };
}

interface OpenAlert {
  readonly record: AlertRecord;
  readonly field: string;
  readonly raw: string;
}

async function findOpen(
  { commands }: RedisConnections,
  keys: Keys,
  models: readonly string[],
  id: string,
): Promise<OpenAlert | undefined> {
  const hashes = await Promise.all(models.map((model) => commands.hGetAll(keys.model(model).openAlerts)));
  for (const [field, raw] of hashes.flatMap((hash) => Object.entries(hash))) {
    const record = parseAlertRecord(raw);
    if (record?.alert.id === id) return { record, field, raw };
  }
  return undefined;
}

function alreadyResolved(): AppError {
  return new AppError('INVALID_INPUT', 'The alert is resolved and cannot be acknowledged.', {
    details: { issues: [{ path: 'id', message: 'the alert is resolved already' }] },
  });
}

// Keeps rows that the database refuses where a person can find them, since reading goes on behind them.
import type { Logger } from 'pino';
import { FIELD } from '../events/codec.js';
import { MAX_PARKED } from '../events/set-apart-unreadable.js';
import { AppError } from '../errors.js';
import type { Metrics } from '../metrics.js';
import { describeStream, parkedStreamOf } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { sqlStateOf } from '../store/database-errors.js';
import type { RefusedRow } from './write-around.js';

/** A row on its way to the store, and the entry it came in. */
export interface RecordedRow<Row extends object> {
  readonly id: string;
  /** Of the HTTP request it belongs to, where there is one. */
  readonly traceId?: string | undefined;
  readonly row: Row;
  readonly entryId: string;
  readonly stream: string;
}

/**
 * Copies each row to the parked stream of its own, counts it and logs its id; after a crash midway they may be parked
 * twice. Rejects while Redis is away.
 */
export async function parkRefused(
  refused: readonly RefusedRow<RecordedRow<object>>[],
  context: {
    readonly redis: RedisConnections;
    readonly group: string;
    readonly metrics: Metrics;
    readonly log: Logger;
  },
): Promise<void> {
  const { redis, group, metrics, log } = context;
  for (const { row: refusedRow, error } of refused) {
    const { id, traceId, row, entryId, stream } = refusedRow;
    const reason = reasonOf(error);
    await redis.commands.xAdd(
      parkedStreamOf(stream),
      '*',
      {
        [FIELD.json]: JSON.stringify(row),
        id: entryId,
        group,
        reason: `row ${id} refused: ${reason}`,
      },
      { TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: MAX_PARKED } },
    );
    metrics.streamParked.inc({ ...describeStream(stream), group });
    log.error({ id, traceId, entryId, stream, reason }, 'a row cannot be stored; it is parked');
  }
}

/** Not the message of the error: Postgres quotes the values it refuses. */
function reasonOf(error: unknown): string {
  const [issue] = error instanceof AppError ? (error.details.issues ?? []) : [];
  return issue === undefined ? (sqlStateOf(error) ?? 'unknown') : `${issue.path}: ${issue.message}`;
}

// The recorder: carries predictions, feedback, measurements and alerts from their streams into the store.
import type { Logger } from 'pino';
import type { ZodType } from 'zod';
import { alertTransitionSchema } from '../events/alert-transition.js';
import type { StreamEntry } from '../events/codec.js';
import { feedbackBatchSchema } from '../events/feedback-batch.js';
import { startGroupReader } from '../events/group-reader.js';
import { monitorReportSchema } from '../events/monitor-report.js';
import { predictionBatchSchema } from '../events/prediction-batch.js';
import { recordsOf } from '../events/prediction-record.js';
import type { Metrics } from '../metrics.js';
import type { Keys } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import type { Store } from '../store/store.js';
import { parkRefused, type RecordedRow } from './park-refused.js';
import { writeAround } from './write-around.js';

/** Which models to record, and into which store. */
export interface RecorderOptions {
  readonly redis: RedisConnections;
  readonly keys: Keys;
  readonly models: readonly string[];
  /** This process among the recorders; several share the work. */
  readonly consumer: string;
  readonly store: Store;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** A recorder under way; `stop` lets a running write finish. */
export interface Recorder {
  stop(): Promise<void>;
}

/**
 * Writes every entry of the models' streams, each row once by its id. While the database is away entries wait in their
 * streams and come again; a row that can never be written is parked beside its stream and logged by its id.
 */
export async function startRecorder(options: RecorderOptions): Promise<Recorder> {
  const { store } = options;
  if (options.models.length === 0) return { stop: () => Promise.resolve() };
  const starting = [
    startKind(options, {
      kind: 'predictions',
      schema: predictionBatchSchema,
      rowsOf: ({ value }) =>
        recordsOf(value).map((row, i) => ({ id: row.id, traceId: value.requests[i]?.traceId, row })),
      write: (rows) => store.predictions.record(rows),
    }),
    startKind(options, {
      kind: 'feedback',
      schema: feedbackBatchSchema,
      rowsOf: ({ value }) => value.items.map((item) => ({ id: item.id, row: { ...value, items: [item] } })),
      write: (rows) => store.predictions.recordFeedback(rows),
    }),
    startKind(options, {
      kind: 'measurements',
      schema: monitorReportSchema,
      rowsOf: ({ id, value }) => [{ id, row: { entryId: id, report: value } }],
      write: (rows) => store.measurements.record(rows),
    }),
    startKind(options, {
      kind: 'alerts',
      schema: alertTransitionSchema,
      rowsOf: ({ value }) => [{ id: value.id, row: value }],
      write: (rows) => store.alerts.record(rows),
    }),
  ];
  const started = await Promise.allSettled(starting);
  const readers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const stop = async () => {
    await Promise.all(readers.map((reader) => reader.stop()));
  };
  const failed = started.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return { stop };
}

const RECORDER_GROUP = 'recorder';

/** An entry holds up to a thousand predictions, so this bounds what is in memory at once. */
const MAX_ENTRIES = 100;

interface Kind<T, Row extends object> {
  readonly kind: 'predictions' | 'feedback' | 'measurements' | 'alerts';
  readonly schema: ZodType<T>;
  readonly rowsOf: (entry: StreamEntry<T>) => readonly Pick<RecordedRow<Row>, 'id' | 'traceId' | 'row'>[];
  readonly write: (rows: readonly Row[]) => Promise<void>;
}

function startKind<T, Row extends object>(
  options: RecorderOptions,
  { kind, schema, rowsOf, write }: Kind<T, Row>,
): Promise<Recorder> {
  const { redis, keys, models, consumer, metrics } = options;
  const log = options.log.child({ room: 'recorder', kind });
  return startGroupReader({
    redis,
    streams: models.map((model) => keys.model(model)[kind]),
    group: RECORDER_GROUP,
    consumer,
    schema,
    maxEntries: MAX_ENTRIES,
    log,
    metrics,
    onEntries: async (entries) => {
      const rows = entries.flatMap((entry) =>
        rowsOf(entry).map((row) => ({ ...row, entryId: entry.id, stream: entry.stream })),
      );
      try {
        const refused = await writeAround(rows, (part) => write(part.map(({ row }) => row)));
        await parkRefused(refused, { redis, group: RECORDER_GROUP, metrics, log });
        metrics.recorded.inc({ kind }, rows.length - refused.length);
      } catch (error) {
        metrics.recorderErrors.inc();
        throw error;
      }
    },
  });
}

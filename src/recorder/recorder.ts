// The recorder: carries predictions, feedback, measurements and alerts from their streams into the store.
import type { Logger } from 'pino';
import { alertTransitionCodec } from '../events/alert-transition.js';
import type { Codec } from '../events/codec.js';
import { feedbackBatchCodec } from '../events/feedback-batch.js';
import { startGroupReader } from '../events/group-reader.js';
import { monitorReportCodec } from '../events/monitor-report.js';
import { predictionBatchCodec } from '../events/prediction-codec.js';
import { recordAt } from '../events/prediction-record.js';
import type { StreamEntry } from '../events/read-entries.js';
import type { Metrics } from '../metrics.js';
import type { Keys } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import type { Store } from '../store/store.js';
import { parkRefused } from './park-refused.js';
import { writeAround } from './write-around.js';

/** Which models to record, and into which store. */
export interface RecorderOptions {
  readonly redis: RedisConnections;
  readonly keys: Keys;
  readonly models: readonly string[];
  /** Whose measurements and alerts are recorded; the models when unset. */
  readonly watched?: readonly string[];
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
 * streams and come again; a row that can never be written is parked beside its stream and logged by its id. The kinds
 * do not wait for each other.
 */
export async function startRecorder(options: RecorderOptions): Promise<Recorder> {
  const { store } = options;
  if (options.models.length === 0) return { stop: () => Promise.resolve() };
  const starting = [
    startKind(options, {
      kind: 'predictions',
      codec: predictionBatchCodec,
      rowsIn: (batch) => batch.ids.length,
      rowsOf: ({ value: batch }) => batch.ids.map((_, row) => ({ batch, row })),
      write: (rows) => store.predictions.record(rows),
      describe: ({ batch, row }) => ({
        id: batch.ids[row] ?? '',
        traceId: batch.requests[row]?.traceId,
        row: recordAt(batch, row),
      }),
    }),
    startKind(options, {
      kind: 'feedback',
      codec: feedbackBatchCodec,
      rowsIn: (batch) => batch.items.length,
      rowsOf: ({ value }) => value.items.map((item) => ({ ...value, items: [item] })),
      write: (rows) => store.predictions.recordFeedback(rows),
      describe: (row) => ({ id: row.items[0]?.id ?? '', row }),
    }),
    startKind(options, {
      kind: 'measurements',
      codec: monitorReportCodec,
      rowsIn: (report) => report.measurements.length,
      rowsOf: ({ id, value }) => [{ entryId: id, report: value }],
      write: (rows) => store.measurements.record(rows),
      describe: (row) => ({ id: row.entryId, row }),
    }),
    startKind(options, {
      kind: 'alerts',
      codec: alertTransitionCodec,
      rowsIn: () => 1,
      rowsOf: ({ value }) => [value],
      write: (rows) => store.alerts.record(rows),
      describe: (row) => ({ id: row.id, row }),
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

/** As many small entries as make a write worth its while; larger ones are bounded by their rows, one statement's worth. */
const MAX_ENTRIES = 250;
const MAX_ROWS = 1_000;
/** A statement for each batch of a few rows would take more time than the predictions themselves. */
const REST_MS = 50;

interface Kind<T, Row extends object> {
  readonly kind: 'predictions' | 'feedback' | 'measurements' | 'alerts';
  readonly codec: Codec<T>;
  readonly rowsIn: (value: T) => number;
  readonly rowsOf: (entry: StreamEntry<T>) => readonly Row[];
  readonly write: (rows: readonly Row[]) => Promise<void>;
  /** What is kept and said of a row that cannot be written. */
  readonly describe: (row: Row) => { id: string; traceId?: string | undefined; row: object };
}

function startKind<T, Row extends object>(
  options: RecorderOptions,
  { kind, codec, rowsIn, rowsOf, write, describe }: Kind<T, Row>,
): Promise<Recorder> {
  const { redis, keys, models, consumer, metrics } = options;
  const isOfMonitors = kind === 'measurements' || kind === 'alerts';
  const names = isOfMonitors ? (options.watched ?? models) : models;
  const log = options.log.child({ room: 'recorder', kind });
  const recorded = metrics.recorded.labels(kind);
  return startGroupReader({
    redis,
    streams: names.map((name) => keys.model(name)[kind]),
    group: RECORDER_GROUP,
    consumer,
    codec,
    maxEntries: MAX_ENTRIES,
    restMs: REST_MS,
    weight: { rowsIn, maxRows: MAX_ROWS },
    log,
    metrics,
    onEntries: async (entries) => {
      const rows = entries.flatMap((entry) => rowsOf(entry).map((row) => ({ entry, row })));
      try {
        const refused = await writeAround(rows, (part) => write(part.map(({ row }) => row)));
        const described = refused.map(({ row: { entry, row }, error }) => ({
          row: { ...describe(row), entryId: entry.id, stream: entry.stream },
          error,
        }));
        await parkRefused(described, { redis, group: RECORDER_GROUP, metrics, log });
        recorded.inc(rows.length - refused.length);
      } catch (error) {
        metrics.recorderErrors.inc();
        throw error;
      }
    },
  });
}

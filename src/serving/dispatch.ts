// Turns rows into a job and a reply into answers: the map of batches under way, deadlines, and what happens without Redis.
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import type { Cell, FeatureColumns } from '../events/prediction-batch.js';
import { recordsOf, type PredictionRecord } from '../events/prediction-record.js';
import { startTailReader } from '../events/tail-reader.js';
import type { Metrics } from '../metrics.js';
import { predictReplySchema, traceIdsOf, type JobPayload, type PredictReply } from '../queue/catalogue.js';
import type { Producer } from '../queue/producer.js';
import type { Keys } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import type { Row, WaitingRow } from './row.js';

/** The model version a batch is for, and the queue its device has. */
export interface Target {
  readonly model: string;
  readonly version: number;
  readonly queue: 'inference-cpu' | 'inference-gpu';
  readonly featureNames: readonly string[];
}

export interface Dispatch {
  /** Sends rows as one job; resolves when they are settled. Rows are settled by reply, deadline or loss of Redis. */
  send(target: Target, rows: readonly WaitingRow[]): Promise<void>;
  /** Puts one row on the queue, once per row id, and resolves once Redis has it; the answer is found by id later. */
  post(target: Target, row: Row): Promise<void>;
  stop(): Promise<void>;
}

export interface DispatchOptions {
  readonly redis: RedisConnections;
  readonly keys: Keys;
  readonly producer: Producer;
  readonly processId: string;
  readonly createId: () => string;
  readonly now: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Told of every answer, whether or not somebody still waited for it. */
  readonly onAnswer: (record: PredictionRecord, posted: boolean) => void;
}

interface Batch {
  readonly payload: JobPayload<'predict'>;
  readonly target: Target;
  readonly rows: readonly WaitingRow[];
  /** Acknowledged to a client, so it is offered again if Redis may have lost it. */
  readonly posted: boolean;
  readonly forgetAt: number;
  readonly done: () => void;
}

const REPLIES_EXPIRE_S = 300;

/** Starts listening for this process's replies. */
export async function startDispatch(options: DispatchOptions): Promise<Dispatch> {
  const { redis, keys, producer, processId, createId, now, log, metrics } = options;
  const batches = new Map<string, Batch>();
  const stream = keys.replies(processId);

  const settle = (reply: PredictReply) => {
    const batch = batches.get(reply.batchId);
    if (batch === undefined) return;
    batches.delete(reply.batchId);
    const { ids, receivedAt, requests, features, model, version } = batch.payload;
    const answeredAt = now();
    recordsOf({ ...reply, model, version, ids, receivedAt, requests, features }).forEach((executed, i) => {
      const totalMs = answeredAt - executed.createdAt;
      const record = { ...executed, timings: { ...executed.timings, totalMs } };
      options.onAnswer(record, batch.posted);
      batch.rows[i]?.resolve(record);
    });
    batch.done();
  };

  // The stream is this process's own and starts with it, so reading from its beginning misses nothing.
  const replies = await startTailReader({
    redis,
    from: { [stream]: '0-0' },
    schema: predictReplySchema,
    onEntries: (entries) => {
      for (const { value } of entries) settle(value);
    },
    maxEntries: 100,
    log,
    metrics,
  });
  const keepAlive = setInterval(() => {
    redis.commands.expire(stream, REPLIES_EXPIRE_S).catch(() => undefined);
  }, 20_000);
  const sweep = setInterval(() => {
    for (const [batchId, batch] of batches) {
      if (batch.forgetAt > now()) continue;
      batches.delete(batchId);
      batch.done();
    }
  }, 1000);

  const unsubscribe = redis.onChange((ready) => {
    for (const [batchId, batch] of batches) {
      if (!ready) {
        for (const row of batch.rows) row.reject(lost(row.id));
        batch.done();
      } else if (batch.posted) {
        // The job id keeps a second copy out if Redis still has the first.
        const { target, payload } = batch;
        producer
          .enqueue(target.queue, 'predict', batchId, payload, { urgent: false })
          .catch((err: unknown) => {
            const traceIds = traceIdsOf(payload);
            log.warn({ err, batchId, traceIds }, 'a submitted prediction could not be offered again yet');
          });
      }
    }
  });

  const open = (
    batchId: string,
    target: Target,
    rows: readonly Row[],
    waiting: readonly WaitingRow[],
    done: () => void,
  ): Batch => {
    const payload = payloadOf(target, rows, batchId, processId);
    // A late reply is still worth having: it fills the memory of recent predictions.
    const forgetAt = Math.max(...payload.deadlineAt) + 5000;
    const batch: Batch = { payload, target, rows: waiting, posted: waiting.length === 0, forgetAt, done };
    // Before the job is added: the reply may be faster than the answer of `add`.
    batches.set(payload.batchId, batch);
    return batch;
  };
  const enqueue = async ({ target, payload, posted }: Batch) => {
    try {
      await producer.enqueue(target.queue, 'predict', payload.batchId, payload, { urgent: !posted });
    } catch (error) {
      batches.delete(payload.batchId);
      throw error;
    }
  };

  return {
    send: (target, rows) =>
      new Promise<void>((done) => {
        enqueue(open(createId(), target, rows, rows, done)).catch(() => {
          // Whether Redis had taken the job before it was lost cannot be told from here.
          for (const row of rows) row.reject(lost(row.id));
          done();
        });
      }),
    async post(target, row) {
      // The row's own id: posted again after a failure nobody could judge, it is the same job and the same entry.
      await enqueue(open(row.id, target, [row], [], () => undefined)).catch((cause: unknown) => {
        throw lost(row.id, cause);
      });
    },
    async stop() {
      unsubscribe();
      clearInterval(keepAlive);
      clearInterval(sweep);
      await replies.stop();
      for (const { rows } of batches.values()) for (const row of rows) row.reject(lost(row.id));
      await redis.commands.del(stream).catch(() => undefined);
    },
  };
}

function payloadOf(
  target: Target,
  rows: readonly Row[],
  batchId: string,
  replyTo: string,
): JobPayload<'predict'> {
  const features: FeatureColumns = {};
  for (const name of target.featureNames)
    features[name] = rows.map((row): Cell => row.features[name] ?? null);
  return {
    v: 1,
    batchId,
    model: target.model,
    version: target.version,
    replyTo,
    ids: rows.map((row) => row.id),
    receivedAt: rows.map((row) => row.receivedAt),
    deadlineAt: rows.map((row) => row.deadlineAt),
    requests: rows.map((row) => row.request),
    features,
  };
}

const lost = (predictionId: string, cause?: unknown) =>
  new AppError('UNAVAILABLE', 'The queue was lost while this prediction was under way.', {
    cause,
    details: { predictionId },
  });

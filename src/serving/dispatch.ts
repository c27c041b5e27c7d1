// Turns rows into a job and a reply into answers: the map of batches under way, deadlines, and what happens without Redis.
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import { REPLIES_EXPIRE_S } from '../events/event-writer.js';
import type { PredictionBatch } from '../events/prediction-batch.js';
import { recordOf } from '../events/prediction-record.js';
import { startTailReader } from '../events/tail-reader.js';
import type { Metrics } from '../metrics.js';
import { jobOn, type InferenceQueue, type JobPayload } from '../queue/catalogue.js';
import { traceIdsOf } from '../queue/predict-job.js';
import { predictReplyCodec, type PredictReply } from '../queue/predict-reply.js';
import type { Producer } from '../queue/producer.js';
import type { Keys } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import type { Executed } from './batcher.js';
import { columnsOf, settle as settleRow, type Row, type WaitingRow } from './row.js';

/** The model version a batch is for, and the queue its device has. */
export interface Target {
  readonly model: string;
  readonly version: number;
  readonly queue: InferenceQueue;
  readonly featureNames: readonly string[];
}

export interface Dispatch {
  /**
   * Sends rows as one job and settles them by reply or loss of Redis. Resolves when the batch is over: with what the worker
   * says, or with nothing when it was lost or its answer has not come some seconds after its last deadline.
   */
  send(target: Target, rows: readonly WaitingRow[]): Promise<Executed | undefined>;
  /** Puts one row on the queue, once per row id, and resolves once Redis has it; the answer is found by id later. */
  post(target: Target, row: Row): Promise<void>;
  stop(): Promise<void>;
}

export interface DispatchOptions {
  readonly redis: RedisConnections;
  readonly keys: Keys;
  /** Every model that may be asked: each answers on a stream of its own. */
  readonly models: readonly string[];
  readonly producer: Producer;
  readonly processId: string;
  readonly createId: () => string;
  readonly now: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Told of every answered batch, whether or not somebody still waited for it; its times end here. */
  readonly onAnswer: (batch: PredictionBatch, posted: boolean) => void;
}

interface Batch {
  readonly payload: JobPayload<'predict'>;
  readonly target: Target;
  /** Its rows where somebody waits for them; none that were posted. */
  readonly waiting: readonly WaitingRow[];
  /** Acknowledged to a client, so it is offered again if Redis may have lost it. */
  readonly posted: boolean;
  readonly forgetAt: number;
  readonly done: (executed?: Executed) => void;
}

/** Starts listening for this process's replies. */
export async function startDispatch(options: DispatchOptions): Promise<Dispatch> {
  const { redis, keys, producer, processId, createId, now, log, metrics } = options;
  const batches = new Map<string, Batch>();
  const streams = options.models.map((model) => keys.model(model).replies(processId));

  const settle = (reply: PredictReply) => {
    const batch = batches.get(reply.batchId);
    if (batch === undefined) return;
    batches.delete(reply.batchId);
    const { target, waiting, posted, payload } = batch;
    const answeredAt = now();
    const { ids, receivedAt, requests, features } = payload;
    const asked = { model: target.model, version: target.version, ids, receivedAt, requests, features };
    options.onAnswer({ ...reply, ...asked, at: answeredAt }, posted);
    waiting.forEach((row, i) => settleRow(row, recordOf(target, row, reply, i, answeredAt)));
    // Rows that failed did not run with the others, or not at all.
    const ranTogether = reply.errors.every((error) => error === null);
    batch.done({ computeMs: ranTogether ? reply.timings.computeMs : undefined });
  };

  // The streams are this process's own and start with it, so reading from their beginning misses nothing.
  const replies = await startTailReader({
    redis,
    from: Object.fromEntries(streams.map((stream) => [stream, '0-0'])),
    codec: predictReplyCodec,
    onEntries: (entries) => {
      for (const { value } of entries) settle(value);
    },
    maxEntries: 100,
    log,
    metrics,
  });
  const keepAlive = setInterval(() => {
    for (const stream of streams) redis.commands.expire(stream, REPLIES_EXPIRE_S).catch(() => undefined);
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
        for (const row of batch.waiting) settleRow(row, lost(row.id));
        batch.done();
      } else if (batch.posted) {
        // The job id keeps a second copy out if Redis still has the first.
        const { target, payload } = batch;
        producer
          .enqueue(target.queue, jobOn(target.queue), batchId, payload, { urgent: false })
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
    done: Batch['done'],
  ): Batch => {
    const payload = payloadOf(target, rows, batchId, processId);
    const lastDeadlineAt = rows.reduce((last, { deadlineAt }) => Math.max(last, deadlineAt), 0);
    // A late reply is still worth having: it fills the memory of recent predictions.
    const forgetAt = lastDeadlineAt + 5000;
    const posted = waiting.length === 0;
    const batch: Batch = { payload, target, waiting, posted, forgetAt, done };
    // Before the job is added: the reply may be faster than the answer of `add`.
    batches.set(payload.batchId, batch);
    return batch;
  };
  const enqueue = async ({ target, payload, posted }: Batch) => {
    try {
      await producer.enqueue(target.queue, jobOn(target.queue), payload.batchId, payload, {
        urgent: !posted,
      });
    } catch (error) {
      batches.delete(payload.batchId);
      throw error;
    }
  };

  return {
    send: (target, rows) =>
      new Promise((resolve) => {
        enqueue(open(createId(), target, rows, rows, resolve)).catch(() => {
          // Whether Redis had taken the job before it was lost cannot be told from here.
          for (const row of rows) settleRow(row, lost(row.id));
          resolve(undefined);
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
      for (const { waiting } of batches.values()) for (const row of waiting) settleRow(row, lost(row.id));
      await redis.commands.del(streams).catch(() => undefined);
    },
  };
}

function payloadOf(
  target: Target,
  rows: readonly Row[],
  batchId: string,
  replyTo: string,
): JobPayload<'predict'> {
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
    features: columnsOf(target.featureNames, rows),
  };
}

const lost = (predictionId: string, cause?: unknown) =>
  new AppError('UNAVAILABLE', 'The queue was lost while this prediction was under way.', {
    cause,
    details: { predictionId },
  });

// What this process and the queue still know of predictions that may not be in the log yet.
import { z } from 'zod';
import { AppError } from '../errors.js';
import { cellSchema, rowRequestSchema, type PredictionBatch } from '../events/prediction-batch.js';
import { recordAt, type PredictionRecord } from '../events/prediction-record.js';
import { queueNames } from '../queue/catalogue.js';
import type { Producer } from '../queue/producer.js';
import type { Keys } from '../redis/keys.js';
import { orUnavailable } from '../redis/or-unavailable.js';
import type { RedisConnections } from '../redis/redis-client.js';

const KEPT_IN_MEMORY = 10_000;
// After its reply a prediction is in the log within seconds; until then it may wait as long as its deadline.
const ANSWERED_S = 60;
const MARGIN_MS = 600_000;

const pendingSchema = z.object({
  queue: z.enum(queueNames),
  model: z.string(),
  version: z.int(),
  row: z.object({
    id: z.string(),
    features: z.record(z.string(), cellSchema),
    request: rowRequestSchema,
    receivedAt: z.number(),
    deadlineAt: z.number(),
  }),
});

/** A row that was put on a queue by itself, under its own id as job id, and where it is. */
export type PendingPrediction = z.input<typeof pendingSchema>;

/** Both functions that ask Redis throw UNAVAILABLE when it is lost meanwhile. */
export interface RecentPredictions {
  /** `posted` says that its rows were noted as pending, which they no longer are. */
  remember(batch: PredictionBatch, posted: boolean): void;
  /** An answer this process has had, among the last 10,000. */
  answered(id: string): PredictionRecord | undefined;
  /** Notes a submitted row, so that every API process can say it is queued. */
  notePending(pending: PendingPrediction): Promise<void>;
  find(id: string): Promise<PredictionRecord | undefined>;
}

/** Remembers the last 10,000 answers of this process, and in Redis the submitted rows that have no answer yet. */
export function createRecentPredictions(options: {
  redis: RedisConnections;
  keys: Keys;
  producer: Producer;
}): RecentPredictions {
  const { redis, keys, producer } = options;
  const known = createKnownBatches();
  return {
    answered: (id) => known.find(id),
    remember(batch, posted) {
      known.add(batch);
      if (!posted) return;
      for (const id of batch.ids) redis.commands.expire(keys.pending(id), ANSWERED_S).catch(() => undefined);
    },
    async notePending(noted) {
      const { id, receivedAt, deadlineAt } = noted.row;
      const text = JSON.stringify(pendingSchema.parse(noted));
      const expiration = { type: 'PX', value: Math.ceil(deadlineAt - receivedAt) + MARGIN_MS } as const;
      await orUnavailable(redis.commands.set(keys.pending(id), text, { expiration }));
      // The answer may have been faster than this note.
      if (known.find(id) !== undefined)
        await orUnavailable(redis.commands.expire(keys.pending(id), ANSWERED_S));
    },
    async find(id) {
      const answered = known.find(id);
      if (answered !== undefined) return answered;
      if (!redis.ready()) throw new AppError('UNAVAILABLE', 'Redis cannot be reached.');
      const text = await orUnavailable(redis.commands.get(keys.pending(id)));
      if (text === null) return undefined;
      const noted = pendingSchema.parse(JSON.parse(text));
      const active = await orUnavailable(producer.isActive(noted.queue, id));
      return unfinished(noted, active ? 'running' : 'queued');
    },
  };
}

/** Batches as they came: their rows become objects only where one is asked for, which is rare. */
function createKnownBatches() {
  const batchOf = new Map<string, PredictionBatch>();
  const inOrder = new Set<PredictionBatch>();
  const forgetOldest = () => {
    const [oldest] = inOrder;
    if (oldest === undefined) return;
    inOrder.delete(oldest);
    for (const id of oldest.ids) if (batchOf.get(id) === oldest) batchOf.delete(id);
  };
  return {
    add(batch: PredictionBatch): void {
      inOrder.add(batch);
      for (const id of batch.ids) batchOf.set(id, batch);
      while (batchOf.size > KEPT_IN_MEMORY) forgetOldest();
    },
    find(id: string): PredictionRecord | undefined {
      const batch = batchOf.get(id);
      return batch && recordAt(batch, batch.ids.indexOf(id));
    },
  };
}

/** A row as it looks before anything has come of it. */
function unfinished(
  { model, version, row }: z.infer<typeof pendingSchema>,
  status: 'queued' | 'running',
): PredictionRecord {
  const { id, features, request, receivedAt } = row;
  return {
    id,
    model,
    version,
    status,
    label: null,
    value: null,
    confidence: null,
    probabilities: null,
    detections: null,
    picture: null,
    features,
    warnings: request.warnings ?? [],
    createdAt: receivedAt,
    timings: { totalMs: 0, queueMs: 0, computeMs: 0, batchSize: 0 },
    error: null,
    requestId: request.requestId ?? null,
    subject: request.subject ?? null,
    metadata: request.metadata ?? null,
  };
}

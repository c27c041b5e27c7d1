// What this process and the queue still know of predictions that may not be in the log yet.
import { z } from 'zod';
import { AppError } from '../errors.js';
import { cellSchema, rowRequestSchema } from '../events/prediction-batch.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import { queueNames } from '../queue/catalogue.js';
import type { Producer } from '../queue/producer.js';
import type { Keys } from '../redis/keys.js';
import { orUnavailable } from '../redis/or-unavailable.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { createBoundedMap } from './bounded-map.js';

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
  /** `posted` says that the row was noted as pending, which it no longer is. */
  remember(record: PredictionRecord, posted: boolean): void;
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
  const answered = createBoundedMap<PredictionRecord>(KEPT_IN_MEMORY);
  return {
    answered: (id) => answered.get(id),
    remember(record, posted) {
      answered.set(record.id, record);
      if (posted) redis.commands.expire(keys.pending(record.id), ANSWERED_S).catch(() => undefined);
    },
    async notePending(noted) {
      const { id, receivedAt, deadlineAt } = noted.row;
      const text = JSON.stringify(pendingSchema.parse(noted));
      const expiration = { type: 'PX', value: Math.ceil(deadlineAt - receivedAt) + MARGIN_MS } as const;
      await orUnavailable(redis.commands.set(keys.pending(id), text, { expiration }));
      // The answer may have been faster than this note.
      if (answered.get(id) !== undefined)
        await orUnavailable(redis.commands.expire(keys.pending(id), ANSWERED_S));
    },
    async find(id) {
      const known = answered.get(id);
      if (known !== undefined) return known;
      if (!redis.ready()) throw new AppError('UNAVAILABLE', 'Redis cannot be reached.');
      const text = await orUnavailable(redis.commands.get(keys.pending(id)));
      if (text === null) return undefined;
      const noted = pendingSchema.parse(JSON.parse(text));
      const active = await orUnavailable(producer.isActive(noted.queue, id));
      return unfinished(noted, active ? 'running' : 'queued');
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

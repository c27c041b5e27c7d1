// What this process and the queue still know of predictions that may not be in the log yet.
import { z } from 'zod';
import type { PredictionRecord } from '../events/prediction-record.js';
import { queueNames } from '../queue/catalogue.js';
import type { Producer } from '../queue/producer.js';
import type { Keys } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import type { Row } from './row.js';

const KEPT_IN_MEMORY = 10_000;
const PENDING_S = 86_400;

const pendingSchema = z.object({ queue: z.enum(queueNames), batchId: z.string(), record: z.unknown() });

export interface RecentPredictions {
  remember(record: PredictionRecord): void;
  /** Notes a submitted row, so that every API process can say it is queued. */
  notePending(record: PredictionRecord, queue: (typeof queueNames)[number], batchId: string): Promise<void>;
  find(id: string): Promise<PredictionRecord | undefined>;
}

export function createRecentPredictions(options: {
  redis: RedisConnections;
  keys: Keys;
  producer: Producer;
}): RecentPredictions {
  const { redis, keys, producer } = options;
  const answered = new Map<string, PredictionRecord>();
  return {
    remember(record) {
      answered.set(record.id, record);
      // A Map keeps insertion order, so the first key is the oldest.
      if (answered.size > KEPT_IN_MEMORY)
        for (const oldest of answered.keys()) return void answered.delete(oldest);
    },
    async notePending(record, queue, batchId) {
      const value = JSON.stringify({ queue, batchId, record });
      await redis.commands.set(keys.pending(record.id), value, {
        expiration: { type: 'EX', value: PENDING_S },
      });
    },
    async find(id) {
      const known = answered.get(id);
      if (known !== undefined) return known;
      if (!redis.ready()) return undefined;
      const text = await redis.commands.get(keys.pending(id));
      if (text === null) return undefined;
      const { queue, batchId, record } = pendingSchema.parse(JSON.parse(text));
      const status = (await producer.isActive(queue, batchId)) ? 'running' : 'queued';
      // Written by `notePending` above and by nothing else.
      return { ...(record as PredictionRecord), status };
    },
  };
}

/** A row as it looks before anything has run. */
export function queuedRecord(row: Row, model: string, version: number): PredictionRecord {
  return {
    id: row.id,
    model,
    version,
    status: 'queued',
    label: null,
    value: null,
    confidence: null,
    probabilities: null,
    features: row.features,
    warnings: row.request.warnings ?? [],
    createdAt: row.receivedAt,
    timings: { totalMs: 0, queueMs: 0, computeMs: 0, batchSize: 0 },
    error: null,
    requestId: row.request.requestId ?? null,
    subject: row.request.subject ?? null,
    metadata: row.request.metadata ?? null,
  };
}

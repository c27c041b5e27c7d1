// Every job there is: its queue, payload, attempts and time limit. Payloads are a public API: add fields, never repurpose one.
import { z } from 'zod';
import { alertTransitionSchema } from '../events/alert-transition.js';
import { predictionBatchSchema, rowErrorSchema } from '../events/prediction-batch.js';

const batch = predictionBatchSchema.shape;

/** Rows of one model version to run together; every array has one element per row. */
export const predictPayloadSchema = z.object({
  v: z.literal(1),
  batchId: z.string(),
  model: z.string(),
  version: z.int(),
  /** The API process whose reply stream gets the answer. */
  replyTo: z.string(),
  ids: batch.ids,
  receivedAt: batch.receivedAt,
  /** Epoch ms after which a row is dropped unexecuted. */
  deadlineAt: z.array(z.number()),
  requests: batch.requests,
  features: batch.features,
});

/** What goes back to the process that asked: the executed batch without what that process already holds. */
export const predictReplySchema = z.object({
  v: z.literal(1),
  batchId: z.string(),
  at: batch.at,
  outputs: batch.outputs,
  errors: z.array(rowErrorSchema.nullable()),
  timings: batch.timings,
});

const deliverNotificationSchema = z.object({
  v: z.literal(1),
  transitionId: z.string(),
  sink: z.string(),
  transition: alertTransitionSchema,
});

const enforceRetentionSchema = z.object({ v: z.literal(1) });

/** `attempts` counts the first one; `backoffMs` doubles from one attempt to the next. */
export const catalogue = {
  predict: {
    on: 'inference',
    payload: predictPayloadSchema,
    attempts: 3,
    backoffMs: 100,
    timeLimitMs: 120_000,
  },
  'deliver-notification': {
    on: 'background',
    payload: deliverNotificationSchema,
    attempts: 12,
    backoffMs: 1000,
    timeLimitMs: 30_000,
  },
  'enforce-retention': {
    on: 'background',
    payload: enforceRetentionSchema,
    attempts: 5,
    backoffMs: 10_000,
    timeLimitMs: 300_000,
  },
} as const;

const tracedSchema = z.object({ requests: z.array(z.object({ traceId: z.string().optional() })) });

/** The requests a payload came from, at most twenty, for log lines; none when it carries none. */
export function traceIdsOf(payload: unknown): string[] {
  const parsed = tracedSchema.safeParse(payload);
  const ids = (parsed.data?.requests ?? []).flatMap(({ traceId }) =>
    traceId === undefined ? [] : [traceId],
  );
  return [...new Set(ids)].slice(0, 20);
}

export type JobName = keyof typeof catalogue;
export type JobPayload<Name extends JobName> = z.infer<(typeof catalogue)[Name]['payload']>;
export type PredictReply = z.infer<typeof predictReplySchema>;

/** The jobs a worker host of one kind must all handle. */
export type JobsOn<Kind extends 'inference' | 'background'> = {
  [Name in JobName]: (typeof catalogue)[Name]['on'] extends Kind ? Name : never;
}[JobName];

export const queueNames = ['inference-cpu', 'inference-gpu', 'background'] as const;
export type QueueName = (typeof queueNames)[number];

/** The queues on which a job may be put. */
export type QueueOf<Name extends JobName> = (typeof catalogue)[Name]['on'] extends 'inference'
  ? 'inference-cpu' | 'inference-gpu'
  : 'background';

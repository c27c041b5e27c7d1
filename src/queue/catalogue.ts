// Every job there is: its queue, payload, attempts and time limit. Payloads are a public API: add fields, never repurpose one.
import { z } from 'zod';
import { alertTransitionSchema } from '../events/alert-transition.js';
import type { ModelManifest } from '../manifest/model-manifest.js';
import { plainJob, type JobCodec } from './job-codec.js';
import { predictJob } from './predict-job.js';

const deliverNotificationSchema = z.object({
  v: z.literal(1),
  transitionId: z.string(),
  sink: z.string(),
  transition: alertTransitionSchema,
  others: z.array(alertTransitionSchema).readonly().optional(),
});

const enforceRetentionSchema = z.object({ v: z.literal(1) });

/** `attempts` counts the first one; `backoffMs` doubles from one attempt to the next. */
const catalogue = {
  predict: {
    on: 'inference',
    codec: predictJob,
    attempts: 3,
    backoffMs: 100,
    timeLimitMs: 120_000,
  },
  /** One picture, whose feature is the id of its upload; its time is bounded by its deadline. */
  'predict-picture': {
    on: 'pictures',
    codec: predictJob,
    attempts: 3,
    backoffMs: 100,
    timeLimitMs: 3_600_000,
  },
  'deliver-notification': {
    on: 'background',
    codec: plainJob(deliverNotificationSchema),
    attempts: 12,
    backoffMs: 1000,
    timeLimitMs: 30_000,
  },
  'enforce-retention': {
    on: 'background',
    codec: plainJob(enforceRetentionSchema),
    attempts: 5,
    backoffMs: 10_000,
    timeLimitMs: 300_000,
  },
} as const;

export type JobName = keyof typeof catalogue;
export type JobPayload<Name extends JobName> =
  (typeof catalogue)[Name]['codec'] extends JobCodec<infer Payload> ? Payload : never;

/** The catalogue for whoever knows a job only by its name: what ties a name to its payload for the compiler. */
export const jobs: { readonly [Name in JobName]: JobEntry<JobPayload<Name>> } = catalogue;

interface JobEntry<Payload> {
  readonly on: JobKind;
  readonly codec: JobCodec<Payload>;
  readonly attempts: number;
  readonly backoffMs: number;
  readonly timeLimitMs: number;
}

/** What a queue is for; all queues of a kind take the same jobs. */
export type JobKind = 'inference' | 'pictures' | 'background';

/** The jobs a worker host of one kind must all handle. */
export type JobsOn<Kind extends JobKind> = {
  [Name in JobName]: (typeof catalogue)[Name]['on'] extends Kind ? Name : never;
}[JobName];

export const queueNames = [
  'inference-cpu',
  'inference-gpu',
  'pictures-cpu',
  'pictures-gpu',
  'background',
] as const;
export type QueueName = (typeof queueNames)[number];
export type InferenceQueue = Exclude<QueueName, 'background'>;

/**
 * Where the work of a model goes: by its device, and pictures apart from rows, since they take so long that a worker has several
 * under way beside each other and nobody's rows should wait behind them.
 */
export function inferenceQueueOf({ device, image }: Pick<ModelManifest, 'device' | 'image'>): InferenceQueue {
  const processor = device === 'gpu' ? 'gpu' : 'cpu';
  return image === undefined ? `inference-${processor}` : `pictures-${processor}`;
}

/** The job that makes predictions on this queue. */
export function jobOn(queue: InferenceQueue): 'predict' | 'predict-picture' {
  return queue.startsWith('pictures-') ? 'predict-picture' : 'predict';
}

/** The queues on which a job may be put. */
export type QueueOf<Name extends JobName> = (typeof catalogue)[Name]['on'] extends 'background'
  ? 'background'
  : InferenceQueue;

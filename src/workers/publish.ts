// Records what became of a batch and answers the process that asked, in one step; and counts it.
import type { EventWriter } from '../events/event-writer.js';
import { predictionBatchCodec } from '../events/prediction-codec.js';
import type { Metrics } from '../metrics.js';
import { jobs } from '../queue/catalogue.js';
import type { PredictPayload } from '../queue/predict-job.js';
import { predictReplyCodec } from '../queue/predict-reply.js';
import type { PredictionBatch } from '../events/prediction-batch.js';
import type { Keys } from '../redis/keys.js';
import type { RowOutcomes } from './run-rows.js';

export interface PublishParts {
  readonly writer: EventWriter;
  readonly keys: Keys;
  /** Epoch ms. */
  readonly now: () => number;
  readonly metrics: Metrics;
}

/**
 * True when this call recorded it, false when it had been recorded before; the answer is given either way. Throws for what took
 * longer than its job may, as in a process that was stopped for a while: others have done it meanwhile, or will.
 */
export async function publish(
  { writer, keys, now }: Pick<PublishParts, 'writer' | 'keys' | 'now'>,
  job: 'predict' | 'predict-picture',
  payload: PredictPayload,
  startedAt: number,
  { outputs, pictures, errors, computeMs }: RowOutcomes & Pick<PredictionBatch, 'pictures'>,
): Promise<boolean> {
  const { batchId, model, version, ids, receivedAt, requests, features } = payload;
  const againWithinMs = jobs[job].timeLimitMs;
  if (now() - startedAt > againWithinMs) throw new Error(`a ${job} job came to its end too late`);
  const queueMs = receivedAt.map((at) => Math.max(0, startedAt - at));
  const timings = { queueMs, computeMs };
  const executed = { at: now(), outputs, ...(pictures && { pictures }), errors: [...errors], timings };
  const asked = { batchId, model, version, ids, receivedAt, requests, features };
  const streams = keys.model(model);
  // In one step, the record first: what a client was answered is in it.
  return await writer.appendOnce(
    streams.predictions,
    { key: streams.once(batchId), againWithinMs },
    predictionBatchCodec.encode({ v: 1, ...asked, ...executed }),
    {
      stream: streams.replies(payload.replyTo),
      event: predictReplyCodec.encode({ v: 1, batchId, ...executed }),
    },
  );
}

/** Counts a batch that was recorded. */
export function observeBatch(
  metrics: Metrics,
  labels: { readonly model: string; readonly version: number },
  { ids, receivedAt }: PredictPayload,
  startedAt: number,
  computeMs: number,
): void {
  for (const at of receivedAt) metrics.queueWaitSeconds.observe(labels, Math.max(0, startedAt - at) / 1000);
  metrics.batchRows.observe(labels, ids.length);
  metrics.computeSeconds.observe(labels, computeMs / 1000);
}

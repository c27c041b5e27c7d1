// What one model version is served through: its feature check, its batcher with what that has learned, and its cache.
import { AppError } from '../errors.js';
import type { PredictionBatch } from '../events/prediction-batch.js';
import type { ModelManifest } from '../manifest/model-manifest.js';
import type { Metrics } from '../metrics.js';
import { inferenceQueueOf } from '../queue/catalogue.js';
import { judge } from './admission.js';
import { createAnswerCache } from './answer-cache.js';
import { createBatcher, type LaneLoad } from './batcher.js';
import { createPredictFromCache } from './cached-answers.js';
import { createFeatureCheck, type FeatureCheck } from './check-features.js';
import type { Dispatch, Target } from './dispatch.js';
import { createLaneEstimate } from '../batching/lane-estimate.js';
import { createPictureEstimate } from './picture-estimate.js';
import { pictureLaneOf, type PictureLane } from './picture-lane.js';
import type { RegisteredVersion } from '../registry/registry.js';
import { createLaneMetrics, type LaneMetrics } from './lane-metrics.js';
import type { RecentPredictions } from './recent-predictions.js';
import { waitForAll, type Outcome, type Row } from './row.js';
import { createThroughCache, type ThroughCache } from './through-cache.js';

export interface Lane {
  readonly target: Target;
  readonly metrics: LaneMetrics;
  readonly check: FeatureCheck;
  /** Of a model of pictures. */
  readonly picture: PictureLane | undefined;
  /** Undefined for a model whose answers are not kept. */
  readonly throughCache: ThroughCache | undefined;
  load(): LaneLoad;
  /** How long a request of now would wait, in ms. */
  waitMs(): number;
  /** OVERLOADED unless so many rows, all with one deadline, can be answered in time; what it answers is counted as refused. */
  refusal(rows: number, first: Pick<Row, 'receivedAt' | 'deadlineAt' | 'cost'>): AppError | undefined;
  /** Sends admitted rows; outcomes in their order, at the latest when the deadline has passed. */
  run(rows: readonly Row[]): Promise<readonly Outcome[]>;
}

export interface LaneOptions {
  readonly dispatch: Dispatch;
  /** Inference threads of the live workers that take this queue. */
  readonly threads: (queue: Target['queue']) => number;
  /** Jobs that those workers run at once: one a thread, or so many pictures beside each other. */
  readonly slots: (queue: Target['queue']) => number;
  /** Jobs of other lanes and processes that wait on this queue ahead of what is sent now. */
  readonly jobsAhead: (queue: Target['queue']) => number;
  readonly maxWaitingRows: number;
  readonly maxWaitMs: number;
  /** The same for pictures, which take longer and are waited for longer. */
  readonly maxPictureWaitMs: number;
  /** Appends what the cache answers to the model's prediction stream. */
  readonly record: (model: string, batch: PredictionBatch) => Promise<void>;
  readonly recent: Pick<RecentPredictions, 'remember'>;
  readonly createId: () => string;
  /** Epoch ms. */
  readonly now: () => number;
  readonly metrics: Metrics;
}

export function openLane(
  manifest: ModelManifest,
  { version, picture: input }: Pick<RegisteredVersion, 'version' | 'picture'>,
  options: LaneOptions,
): Lane {
  const { dispatch, maxWaitingRows: maxRows, maxWaitMs, maxPictureWaitMs, now } = options;
  const target: Target = {
    model: manifest.name,
    version,
    queue: inferenceQueueOf(manifest),
    featureNames: manifest.features.map((feature) => feature.name),
  };
  const slots = () => Math.max(1, options.slots(target.queue));
  const jobsAhead = () => options.jobsAhead(target.queue);
  const picture = pictureLaneOf(manifest, input);
  const estimate =
    picture === undefined
      ? createLaneEstimate({ maxCost: manifest.maxBatchRows, slots })
      : createPictureEstimate({ threads: () => Math.max(1, options.threads(target.queue)) });
  const metrics = createLaneMetrics(options.metrics, target, estimate, now);
  const batcher = createBatcher({
    estimate,
    // A picture is a job of its own, whose tiles share batches in the worker.
    maxRows: picture === undefined ? manifest.maxBatchRows : 1,
    costOf: (row) => row.cost ?? 1,
    slots,
    send: (rows) => dispatch.send(target, rows),
    observer: metrics,
    now,
  });

  const { answerCache } = manifest;
  const throughCache =
    answerCache === false
      ? undefined
      : createThroughCache(
          createAnswerCache(target, answerCache.entries),
          createPredictFromCache({ ...options, target }),
          (hits, misses) => metrics.looked(hits, misses),
        );
  return {
    target,
    metrics,
    check: createFeatureCheck(manifest),
    picture,
    throughCache,
    load: () => batcher.load(),
    waitMs() {
      const { waitingCost, sentCost } = batcher.load();
      return Math.ceil(estimate.drainMs(waitingCost + sentCost));
    },
    refusal(rows, { receivedAt, deadlineAt, cost = 1 }) {
      const request = { rows, cost: rows * cost, receivedAt, deadlineAt };
      const around = { load: batcher.load(), estimate, slots: slots(), jobsAhead: jobsAhead(), now: now() };
      const refusal = judge(request, around, {
        maxRows,
        maxWaitMs: picture === undefined ? maxWaitMs : maxPictureWaitMs,
      });
      if (refusal === undefined) return undefined;
      const { reason, message, retryAfterMs } = refusal;
      metrics.refused(reason, rows);
      return new AppError('OVERLOADED', message, { details: { retryAfterMs } });
    },
    async run(rows) {
      const { rows: waiting, outcomes } = waitForAll(rows, now);
      batcher.add(waiting);
      return await outcomes;
    },
  };
}

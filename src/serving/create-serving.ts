// Asking for predictions: checks, pseudonyms, request ids, admission, batches, and the answer or a coded error.
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, toErrorCode } from '../errors.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import type { Metrics } from '../metrics.js';
import type { RedisConnections } from '../redis/redis-client.js';
import type { Registry } from '../registry/registry.js';
import type { Dispatch } from './dispatch.js';
import { createLanes, type CheckedFeatures, type Lane } from './lanes.js';
import { predictBatchWith } from './predict-batch.js';
import type { RecentPredictions } from './recent-predictions.js';
import { createReplay, isWorthARetry, type ReplayOptions } from './request-replay.js';
import { waitFor, type Row } from './row.js';
import type { PredictRequest, PredictionTicket, Serving } from './serving.js';

export interface ServingOptions extends ReplayOptions {
  readonly registry: Registry;
  readonly redis: RedisConnections;
  readonly dispatch: Dispatch;
  readonly recent: RecentPredictions;
  /** Whether any worker that takes this queue was seen lately. */
  readonly hasWorker: (queue: Lane['target']['queue']) => boolean;
  /** Jobs of all processes that lay on this queue when it was last looked at. */
  readonly waitingJobs: (queue: Lane['target']['queue']) => number;
  readonly pseudonymise: (subject: string) => string;
  readonly maxWaitingRows: number;
  readonly metrics: Metrics;
}

const DEFAULT_DEADLINE_MS = 10_000;
// A submitted prediction has nobody waiting, so it may outlast an outage.
const SUBMITTED_DEADLINE_MS = 3_600_000;

type RowSource = Pick<PredictRequest, 'traceId' | 'requestId' | 'subject' | 'metadata'>;

/** Creates the face; everything it needs is handed in and closed by the one who made it. */
export function createServing(options: ServingOptions): Serving {
  const { redis, dispatch, recent, lookUp, createId, now, metrics } = options;
  const lanes = createLanes(options);
  const replay = createReplay(options);
  let draining = false;
  let open = 0;

  const rowOf = (checked: CheckedFeatures, source: RowSource, id: string, deadlineMs: number): Row => {
    const { requestId, subject, metadata, traceId } = source;
    const receivedAt = now();
    return {
      id,
      features: checked.row,
      receivedAt,
      deadlineAt: receivedAt + deadlineMs,
      request: {
        traceId,
        ...(checked.warnings.length > 0 && { warnings: [...checked.warnings] }),
        ...(requestId !== undefined && { requestId }),
        ...(subject !== undefined && { subject: options.pseudonymise(subject) }),
        ...(metadata !== undefined && { metadata }),
      },
    };
  };

  const admit = ({ target }: Lane) => {
    if (draining) throw new AppError('UNAVAILABLE', 'This server is stopping; another one will answer.');
    if (!redis.ready()) throw new AppError('UNAVAILABLE', 'The queue cannot be reached.');
    if (options.waitingJobs(target.queue) >= options.maxWaitingRows)
      throw new AppError('OVERLOADED', 'The queue is full.', { details: { retryAfterMs: 1000 } });
  };

  const run = async (lane: Lane, row: Row): Promise<PredictionRecord> => {
    admit(lane);
    if (!options.hasWorker(lane.target.queue))
      throw new AppError('UNAVAILABLE', `No worker is taking work from ${lane.target.queue}.`);
    const { row: waiting, answer } = waitFor(row, now);
    lane.batcher.add(waiting);
    return await answer.then(completed, (error: unknown) => {
      // The reply may have come while the deadline passed: look before giving up.
      const found = recent.answered(row.id);
      if (found?.status === 'completed') return found;
      throw error;
    });
  };

  const post = async (lane: Lane, row: Row): Promise<PredictionTicket> => {
    admit(lane);
    await dispatch.post(lane.target, row);
    await recent.notePending({ ...lane.target, row }).catch((cause: unknown) => {
      // It is on the queue by now: with its id in the error a retry by requestId finds it instead of making another.
      throw new AppError('UNAVAILABLE', undefined, { cause, details: { predictionId: row.id } });
    });
    return { id: row.id, status: 'queued' };
  };

  const counted = async <T>(lane: Lane, work: () => Promise<T>): Promise<T> => {
    const labels = { model: lane.target.model, version: lane.target.version };
    const stopTimer = metrics.predictionSeconds.startTimer(labels);
    open += 1;
    try {
      const answer = await work();
      metrics.predictions.inc({ ...labels, outcome: 'ok' });
      return answer;
    } catch (error) {
      metrics.predictions.inc({ ...labels, outcome: error instanceof AppError ? error.code : 'INTERNAL' });
      throw error;
    } finally {
      stopTimer();
      open -= 1;
    }
  };

  return {
    async predict(request) {
      const lane = lanes.of(request.model, request.version);
      const deadlineMs = request.deadlineMs ?? DEFAULT_DEADLINE_MS;
      return await counted(lane, async () => {
        const checked = lane.check(request.features);
        const first = (id: string) => run(lane, rowOf(checked, request, id, deadlineMs));
        return completed(await replay.once(request, deadlineMs, first, replay.follow(first)));
      });
    },
    async predictBatch(request) {
      const lane = lanes.of(request.model, request.version);
      const deadlineMs = request.deadlineMs ?? DEFAULT_DEADLINE_MS;
      return await predictBatchWith(request.instances, (features) =>
        counted(lane, () => run(lane, rowOf(lane.check(features), request, createId(), deadlineMs))),
      );
    },
    async submit(request) {
      const lane = lanes.of(request.model, request.version);
      const deadlineMs = request.deadlineMs ?? SUBMITTED_DEADLINE_MS;
      const checked = lane.check(request.features);
      const first = (id: string) => post(lane, rowOf(checked, request, id, deadlineMs));
      return await replay.once(request, deadlineMs, first, async ({ owner }) => {
        const record = await lookUp(owner);
        // Claimed but unknown: it is on its way this moment, or was lost before it left. Posted twice it is still one.
        if (record === undefined) return await first(owner);
        return isWorthARetry(record) ? undefined : { id: owner, status: record.status };
      });
    },
    recent: (id) => recent.find(id),
    async drain(graceMs) {
      draining = true;
      const until = now() + graceMs;
      while (open > 0 && now() < until) await wait(20);
    },
  };
}

function completed(record: PredictionRecord): PredictionRecord {
  if (record.error === null) return record;
  const { code, message } = record.error;
  throw new AppError(toErrorCode(code), message, { details: { predictionId: record.id } });
}

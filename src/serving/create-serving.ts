// Asking for predictions: checks, pseudonyms, request ids, admission, batches, and the answer or a coded error.
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, isRetryable, toErrorCode } from '../errors.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import type { Metrics } from '../metrics.js';
import type { RedisConnections } from '../redis/redis-client.js';
import type { Registry } from '../registry/registry.js';
import { createLanes, type CheckedFeatures, type Lane } from './lanes.js';
import { predictBatchWith } from './predict-batch.js';
import type { Dispatch } from './dispatch.js';
import { queuedRecord, type RecentPredictions } from './recent-predictions.js';
import type { Claim, RequestIds } from './request-ids.js';
import { waitFor, type Row } from './row.js';
import type { PredictRequest, Serving } from './serving.js';

export interface ServingOptions {
  readonly registry: Registry;
  readonly redis: RedisConnections;
  readonly dispatch: Dispatch;
  readonly requestIds: RequestIds;
  readonly recent: RecentPredictions;
  /** Finds a prediction by id wherever it is known by now: memory, log or queue. */
  readonly lookUp: (id: string) => Promise<PredictionRecord | undefined>;
  /** Whether any worker that takes this queue was seen lately. */
  readonly hasWorker: (queue: Lane['target']['queue']) => boolean;
  readonly pseudonymise: (subject: string) => string;
  readonly maxWaitingRows: number;
  readonly createId: () => string;
  readonly now: () => number;
  readonly metrics: Metrics;
}

const DEFAULT_DEADLINE_MS = 10_000;
// A submitted prediction has nobody waiting, so it may outlast an outage.
const SUBMITTED_DEADLINE_MS = 3_600_000;
const LOOK_UP_LIMIT_MS = 200;
// Between the deadline, when workers drop a row, and the moment its record can be found.
const LOST_AFTER_MS = 5000;

type RowSource = Pick<PredictRequest, 'traceId' | 'requestId' | 'subject' | 'metadata'>;

/** Creates the face; everything it needs is handed in and closed by the one who made it. */
export function createServing(options: ServingOptions): Serving {
  const { redis, dispatch, requestIds, recent, lookUp, createId, now, metrics } = options;
  const lanes = createLanes(options);
  let draining = false;
  let open = 0;

  const rowOf = (checked: CheckedFeatures, request: RowSource, id: string, deadlineMs: number): Row => {
    const { warnings } = checked;
    const receivedAt = now();
    return {
      id,
      features: checked.row,
      receivedAt,
      deadlineAt: receivedAt + deadlineMs,
      request: {
        traceId: request.traceId,
        ...(warnings.length > 0 && { warnings: [...warnings] }),
        ...(request.requestId !== undefined && { requestId: request.requestId }),
        ...(request.subject !== undefined && { subject: options.pseudonymise(request.subject) }),
        ...(request.metadata !== undefined && { metadata: request.metadata }),
      },
    };
  };

  const admit = (lane: Lane) => {
    if (draining) throw new AppError('UNAVAILABLE', 'This server is stopping; another one will answer.');
    if (!redis.ready()) throw new AppError('UNAVAILABLE', 'The queue cannot be reached.');
    if (!options.hasWorker(lane.target.queue))
      throw new AppError('UNAVAILABLE', `No worker is taking work from ${lane.target.queue}.`);
  };

  const run = async (lane: Lane, row: Row): Promise<PredictionRecord> => {
    admit(lane);
    const { row: waiting, answer } = waitFor(row, now);
    lane.batcher.add(waiting);
    return await answer.then(completed, (error: unknown) => lateAnswer(lookUp, row.id, error));
  };

  /** The first attempt with this request id, as it stands or as soon as it is done. */
  const follow = async (claim: Claim, deadlineAt: number): Promise<PredictionRecord | undefined> => {
    for (let pauseMs = 10; now() < deadlineAt; pauseMs = Math.min(pauseMs * 2, 100)) {
      const record = await lookUp(claim.owner);
      if (record?.status === 'completed') return record;
      if (record?.error != null)
        return isRetryable(toErrorCode(record.error.code)) ? undefined : completed(record);
      // No worker runs it any more, and none has: it was lost before it reached the queue.
      if (record === undefined && now() > claim.deadlineAt + LOST_AFTER_MS) return undefined;
      await wait(pauseMs);
    }
    throw new AppError('DEADLINE_EXCEEDED', undefined, { details: { predictionId: claim.owner } });
  };

  const once = async <T>(
    request: PredictRequest,
    deadlineMs: number,
    first: (id: string) => Promise<T>,
    again: (claim: Claim, deadlineAt: number) => Promise<T | undefined>,
  ): Promise<T> => {
    const id = createId();
    const { requestId } = request;
    if (requestId === undefined) return await first(id);
    const deadlineAt = now() + deadlineMs;
    const claim = await requestIds.claim(request, requestId, { owner: id, deadlineAt });
    if (claim.owner !== id) {
      const earlier = await again(claim, deadlineAt);
      if (earlier !== undefined) return earlier;
      // The earlier attempt failed in a way a retry can mend, so this one takes its place.
      await requestIds.release(requestId, request, claim);
      return await once(request, deadlineMs, first, again);
    }
    return await first(id).catch(async (error: unknown) => {
      // With a predictionId it was under way and may still be done; without one it never left.
      if (error instanceof AppError && error.details.predictionId === undefined)
        await requestIds.release(requestId, request, claim);
      throw error;
    });
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
        return await once(
          request,
          deadlineMs,
          (id) => run(lane, rowOf(checked, request, id, deadlineMs)),
          follow,
        );
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
      const first = async (id: string) => {
        if (draining) throw new AppError('UNAVAILABLE', 'This server is stopping; another one will answer.');
        const row = rowOf(checked, request, id, deadlineMs);
        const { batchId } = await dispatch.post(lane.target, row);
        const { model, version, queue } = lane.target;
        await recent.notePending(queuedRecord(row, model, version), queue, batchId);
        return { id, status: 'queued' } as const;
      };
      return await once(request, deadlineMs, first, ({ owner }) =>
        Promise.resolve({ id: owner, status: 'queued' } as const),
      );
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

/** A reply may have been late or lost while the work was done: look before giving up. */
async function lateAnswer(
  lookUp: ServingOptions['lookUp'],
  id: string,
  error: unknown,
): Promise<PredictionRecord> {
  if (!(error instanceof AppError) || error.code !== 'DEADLINE_EXCEEDED') throw error;
  const found = await Promise.race([lookUp(id).catch(() => undefined), wait(LOOK_UP_LIMIT_MS, undefined)]);
  if (found?.status === 'completed') return found;
  throw error;
}

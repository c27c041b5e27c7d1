// Runs a request once per requestId: the first attempt runs, the others get what became of it.
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, isRetryable, toErrorCode } from '../errors.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import type { Claim, RequestIds } from './request-ids.js';
import type { PredictRequest } from './serving.js';

export interface ReplayOptions {
  readonly requestIds: RequestIds;
  /** Finds a prediction by id wherever it is known by now: memory, log or queue. */
  readonly lookUp: (id: string) => Promise<PredictionRecord | undefined>;
  readonly createId: () => string;
  readonly now: () => number;
}

// Between the deadline, when workers drop a row, and the moment its record can be found.
const LOST_AFTER_MS = 5000;
const LONGEST_PAUSE_MS = 100;
const MOST_LOST = 10_000;

export interface Replay {
  /**
   * Calls `first` with a new id unless the request was seen before; `again` then answers for the earlier attempt, or
   * undefined when that failed in a way a retry can mend, in which case this one takes its place.
   */
  once<T>(
    request: PredictRequest,
    deadlineMs: number,
    first: (id: string) => Promise<T>,
    again: (claim: Claim, deadlineAt: number) => Promise<T | undefined>,
  ): Promise<T>;
  /**
   * Waits for the record of the earlier attempt; undefined when it failed in a way that is worth a retry. An attempt this
   * process lost on the way is made again under its own id, so that at most one is recorded.
   */
  follow(
    rerun: (id: string) => Promise<PredictionRecord>,
  ): (claim: Claim, deadlineAt: number) => Promise<PredictionRecord | undefined>;
}

/** Makes requests safe to send again, in whichever API process. */
export function createReplay({ requestIds, lookUp, createId, now }: ReplayOptions): Replay {
  const lost = new Set<string>();
  const once: Replay['once'] = async (request, deadlineMs, first, again) => {
    const id = createId();
    const { requestId } = request;
    if (requestId === undefined) return await first(id);
    const deadlineAt = now() + deadlineMs;
    const claim = await requestIds.claim(request, requestId, { owner: id, deadlineAt });
    if (claim.owner !== id) {
      const earlier = await again(claim, deadlineAt);
      if (earlier !== undefined) return earlier;
      await requestIds.release(requestId, request, claim);
      return await once(request, deadlineMs, first, again);
    }
    return await attempt(id, first).catch(async (error: unknown) => {
      // With a predictionId it was under way and may still be done; without one it never left.
      if (error instanceof AppError && error.details.predictionId === undefined)
        await requestIds.release(requestId, request, claim);
      throw error;
    });
  };

  /** Remembers what was lost with Redis, where a retry need not wait to see whether it still comes. */
  const attempt = async <T>(id: string, run: (id: string) => Promise<T>): Promise<T> => {
    lost.delete(id);
    return await run(id).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'UNAVAILABLE') lost.add(id);
      for (const oldest of lost) {
        if (lost.size <= MOST_LOST) break;
        lost.delete(oldest);
      }
      throw error;
    });
  };

  return {
    once,
    follow: (rerun) => async (claim, deadlineAt) => {
      for (let pauseMs = 10; now() < deadlineAt; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
        const record = await lookUp(claim.owner);
        if (record?.status === 'completed') return record;
        if (record !== undefined && record.error !== null) return isWorthARetry(record) ? undefined : record;
        if (record === undefined && lost.has(claim.owner)) return await attempt(claim.owner, rerun);
        // No worker runs it any more, and none has: it was lost before it reached the queue.
        if (record === undefined && now() > claim.deadlineAt + LOST_AFTER_MS) return undefined;
        await wait(pauseMs);
      }
      throw new AppError('DEADLINE_EXCEEDED', undefined, { details: { predictionId: claim.owner } });
    },
  };
}

/** Whether a finished prediction failed in a way that the same request, sent again, may not. */
export function isWorthARetry({ error }: PredictionRecord): boolean {
  return error !== null && isRetryable(toErrorCode(error.code));
}

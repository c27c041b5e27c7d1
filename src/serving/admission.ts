// Says no early: whether a request can be answered in time, judged before any of its rows is taken.
import type { LaneEstimate } from '../batching/lane-estimate.js';
import type { LaneLoad } from './batcher.js';

/** The rows of one request; they are taken all or not at all. */
export interface Request {
  readonly rows: number;
  readonly cost: number;
  /** Epoch ms. */
  readonly receivedAt: number;
  readonly deadlineAt: number;
}

export interface AdmissionLimits {
  /** Rows waiting and under way. */
  readonly maxRows: number;
  /** How long a request may have to wait for those before it, at the door and here, however late its deadline. */
  readonly maxWaitMs: number;
}

export interface Surroundings {
  readonly load: LaneLoad;
  readonly estimate: Pick<LaneEstimate, 'drainMs' | 'workMs' | 'batchLimit'>;
  readonly slots: number;
  /** Jobs of others that wait on the same queue. */
  readonly jobsAhead: number;
  readonly now: number;
}

export interface Refusal {
  readonly reason: 'rows' | 'wait' | 'deadline';
  readonly message: string;
  /** When what is ahead now will have been done. */
  readonly retryAfterMs: number;
}

// What was learned before such a pause may no longer be true, so nothing is refused for it.
const STALE_MS = 5000;
const LEAST_RETRY_MS = 50;
// Predictions err: what would only just be in time is not taken.
const SAFE_SHARE = 0.9;

/**
 * Undefined when the request is admitted. Its own rows do not count as wait, and no slot is left idle for fear of a
 * wait: so the line is as long as may be under overload, and what is done per second stays at its peak.
 */
export function judge(request: Request, around: Surroundings, limits: AdmissionLimits): Refusal | undefined {
  const { load, estimate, slots, jobsAhead, now } = around;
  const limit = estimate.batchLimit();
  const drainMs = estimate.drainMs(load.waitingCost + load.sentCost + jobsAhead * limit);
  // Where more than a batch waits and nothing comes back, it will not at once: expect as much again as was lost already.
  const stalledMs = load.waitingCost < limit ? 0 : now - load.progressAt - estimate.workMs(limit);
  const waitMs = drainMs + Math.max(0, stalledMs);
  const retryAfterMs = Math.max(LEAST_RETRY_MS, Math.ceil(waitMs));
  if (load.waitingRows + load.sentRows + request.rows > limits.maxRows)
    return { reason: 'rows', retryAfterMs, message: 'More rows wait for this model than may.' };
  const isIdle = load.batches === 0 && load.waitingRows === 0;
  if (isIdle && now - load.progressAt > STALE_MS) return undefined;
  const hasFreeSlot = load.batches < slots && load.waitingRows === 0 && jobsAhead === 0;
  if (now - request.receivedAt + waitMs > limits.maxWaitMs && !hasFreeSlot)
    return {
      reason: 'wait',
      retryAfterMs,
      message: `About ${Math.ceil(waitMs)} ms of work are ahead of this request.`,
    };
  // In a line its rows share a batch with those before them, and are answered with it.
  const ahead = hasFreeSlot ? 0 : waitMs;
  const shared = hasFreeSlot ? 0 : Math.min(load.waitingCost, limit);
  const answerMs = ahead + estimate.workMs(Math.max(request.cost, Math.min(limit, shared + request.cost)));
  if (answerMs > SAFE_SHARE * (request.deadlineAt - now))
    return {
      reason: 'deadline',
      retryAfterMs,
      message: `The answer would come after about ${Math.ceil(answerMs)} ms, too late for the deadline.`,
    };
  return undefined;
}

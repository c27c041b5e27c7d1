// What a lane has learned of the time its batches take: how large they should be, and how long its work will last.
import { createLatencyFit, type Coefficients } from './latency-fit.js';

/** A batch that came back, as this process saw it. Times in ms. */
export interface BatchSeen {
  readonly cost: number;
  /** The inference call, as the worker says; undefined when its rows did not all run in one. */
  readonly computeMs: number | undefined;
  readonly roundTripMs: number;
  /** Whether fewer batches were under way than there are inference slots when it left. */
  readonly metFreeSlot: boolean;
}

export interface LaneEstimate {
  /** Notes a batch that came back. */
  returned(batch: BatchSeen): void;
  /** Notes how far apart batches of this mean cost came back while as many as may be were under way. */
  drained(cost: number, apartMs: number): void;
  /** The cost up to which rows should share a batch. */
  batchLimit(): number;
  /** How many slots batches like the last ones can keep busy at once; more batches under way would only be smaller. */
  busySlots(): number;
  /** How long this much work keeps the slots busy, done in full batches. */
  drainMs(cost: number): number;
  /** From the departure of this much work to its answer, when nothing is ahead of it. */
  workMs(cost: number): number;
  /** Of inference alone; undefined before the first batch. */
  coefficients(): Coefficients | undefined;
  /** Queue, Redis and threads: what a lone batch takes beside inference. */
  overheadMs(): number;
}

export interface LaneEstimateOptions {
  /** No batch may cost more. */
  readonly maxCost: number;
  /** Inference slots of the workers that take these batches, one at least. */
  readonly slots: () => number;
}

/** Fixed costs may be a tenth of a batch: `fixed / (a * n + fixed) <= 0.1` from `n = 9 * fixed / a` on. */
const VARIABLE_TO_FIXED = 9;
// Before anything came back: fast enough not to turn away a first burst, slow enough that a deadline means something.
const PRIOR: Coefficients = { a: 0.1, b: 0 };
const PRIOR_OVERHEAD_MS = 2;
const FIRST_LIMIT = 16;
// A size never tried is at most twice the largest tried, unless it would be quick even if all of the time were proportional.
const GROWTH = 2;
const QUICK_MS = 20;
// Now and then a batch is larger or smaller than it should be while sizes tell nothing of the slope.
const EXPLORE_EVERY = 8;
// What the way takes beyond this is waiting, which other batches use; it is no reason for larger ones.
const MOST_FIXED_OVERHEAD_MS = 5;
const LEAST_OVERHEAD_MS = 0.1;
const MEAN_NEW_SHARE = 0.05;
const OVERHEAD_DOWN = 0.2;
const OVERHEAD_UP = 0.02;
// In batches.
const COMPUTE_MEMORY = 30;
const DRAIN_MEMORY = 8;

export function createLaneEstimate({ maxCost, slots }: LaneEstimateOptions): LaneEstimate {
  const compute = createLatencyFit(COMPUTE_MEMORY);
  const apart = createLatencyFit(DRAIN_MEMORY);
  let overhead: number | undefined;
  let largest = 0;
  let meanCost: number | undefined;
  let batches = 0;

  const overheadMs = () => overhead ?? PRIOR_OVERHEAD_MS;
  const coefficients = () => compute.coefficients() ?? PRIOR;
  /** The time beside inference, near its lower end: what comes on top is waiting. */
  const noteOverhead = (seenMs: number, metFreeSlot: boolean) => {
    if (overhead === undefined) overhead = seenMs;
    else if (seenMs < overhead) overhead += OVERHEAD_DOWN * (seenMs - overhead);
    // One that queued behind others bounds the overhead from above and says no more.
    else if (metFreeSlot) overhead += OVERHEAD_UP * (Math.min(seenMs, 3 * overhead + 1) - overhead);
  };
  const steadyLimit = () => {
    if (largest === 0) return Math.min(FIRST_LIMIT, maxCost);
    const { a, b } = coefficients();
    const fixed = b + Math.min(overheadMs(), MOST_FIXED_OVERHEAD_MS);
    const wanted = a > 0 ? Math.ceil((VARIABLE_TO_FIXED * fixed) / a) : maxCost;
    const quick = Math.floor((QUICK_MS * largest) / (a * largest + b));
    return Math.max(1, Math.min(wanted, maxCost, Math.max(Math.floor(GROWTH * largest), quick)));
  };
  /** How far apart full batches come back. */
  const fullBatchMs = (limit: number) => {
    const known = compute.coefficients();
    if (known === undefined) return PRIOR.a * limit;
    const inferenceMs = known.a * limit + known.b;
    const seen = apart.coefficients();
    // No line moves faster than inference alone.
    return seen === undefined
      ? (inferenceMs + overheadMs()) / slots()
      : Math.max(seen.a * limit + seen.b, inferenceMs / slots());
  };

  return {
    returned({ cost, computeMs, roundTripMs, metFreeSlot }) {
      batches += 1;
      meanCost = meanCost === undefined ? cost : meanCost + MEAN_NEW_SHARE * (cost - meanCost);
      if (computeMs !== undefined) {
        largest = Math.max(cost, largest * 0.98);
        compute.add(cost, computeMs);
        noteOverhead(Math.max(0, roundTripMs - computeMs), metFreeSlot);
      }
      // Batches cannot lie further apart than one of them takes: this mends what was learned in worse times.
      const seen = apart.coefficients();
      if (seen !== undefined && roundTripMs < seen.a * cost + seen.b) apart.add(cost, roundTripMs);
    },
    drained(cost, apartMs) {
      // Small ones say little of a line of full ones.
      if (cost >= steadyLimit() / 2) apart.add(cost, apartMs);
    },
    batchLimit() {
      const limit = steadyLimit();
      if (compute.identified() || batches === 0 || batches % EXPLORE_EVERY > 0) return limit;
      const isUp = (batches / EXPLORE_EVERY) % 2 === 1;
      return Math.max(1, Math.min(maxCost, isUp ? limit * GROWTH : Math.ceil(limit / GROWTH)));
    },
    busySlots() {
      const known = compute.coefficients();
      if (known === undefined || meanCost === undefined) return slots();
      // What surrounds a call is done by few threads, so a batch leaves every `overheadMs` at most, and lasts so long.
      const inferenceMs = known.a * meanCost + known.b;
      return Math.max(
        1,
        Math.min(slots(), Math.ceil(inferenceMs / Math.max(overheadMs(), LEAST_OVERHEAD_MS))),
      );
    },
    drainMs(cost) {
      const limit = steadyLimit();
      return (cost / limit) * fullBatchMs(limit);
    },
    workMs(cost) {
      const limit = steadyLimit();
      const { a, b } = coefficients();
      const last = Math.min(cost, limit);
      return overheadMs() + a * last + b + ((cost - last) / limit) * fullBatchMs(limit);
    },
    coefficients: () => compute.coefficients(),
    overheadMs,
  };
}

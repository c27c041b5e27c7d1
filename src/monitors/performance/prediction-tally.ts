// Counts predictions over time in few numbers, so that it is known how many of them were labelled.
import { z } from 'zod';

const MAX_BUCKETS = 300;
const FINEST_MS = 1000;

const bucketSchema = z.tuple([z.number(), z.int().positive()]);
const stateSchema = z.array(bucketSchema).max(MAX_BUCKETS);

/**
 * Counts in at most 300 buckets of a second or more, wider ones the longer they reach back: a moment is resolved to
 * about a 150th of all that is held.
 */
export interface PredictionTally {
  /** Adds `count` predictions made at `at` (epoch ms); ignored when that is not finite. */
  readonly add: (at: number, count: number) => void;
  /** Predictions at `time` or later, with all of the bucket that holds it. */
  readonly since: (time: number) => number;
  /** Drops what is counted neither at `time` nor later. */
  readonly forgetBefore: (time: number) => void;
  readonly snapshot: () => unknown;
  readonly restore: (state: unknown) => void;
}

export function createPredictionTally(): PredictionTally {
  /** Start and count of each, in order; a bucket ends where the next begins. */
  let buckets: (readonly [start: number, count: number])[] = [];

  /** The last bucket that begins at `time` or before; -1 when none does. */
  const bucketOf = (time: number) => buckets.findLastIndex(([start]) => start <= time);

  const thin = () => {
    const [first, last] = [buckets[0]?.[0] ?? 0, buckets.at(-1)?.[0] ?? 0];
    const width = Math.max(FINEST_MS, (last - first) / (MAX_BUCKETS / 2));
    const kept: (readonly [number, number])[] = [];
    for (const [start, count] of buckets) {
      const before = kept.at(-1);
      if (before !== undefined && start - before[0] < width)
        kept[kept.length - 1] = [before[0], before[1] + count];
      else kept.push([start, count]);
    }
    buckets = kept;
  };

  return {
    add: (at, count) => {
      if (!Number.isFinite(at) || count <= 0) return;
      const index = bucketOf(at);
      const [start, held] = buckets[index] ?? [-Infinity, 0];
      if (index >= 0 && (index < buckets.length - 1 || at - start < FINEST_MS))
        buckets[index] = [start, held + count];
      else buckets.splice(index + 1, 0, [at, count]);
      if (buckets.length > MAX_BUCKETS) thin();
    },
    since: (time) =>
      buckets.slice(Math.max(0, bucketOf(time))).reduce((total, [, count]) => total + count, 0),
    forgetBefore: (time) => {
      const index = bucketOf(time);
      if (index > 0) buckets = buckets.slice(index);
    },
    snapshot: () => [...buckets],
    restore: (state) => {
      const held = stateSchema.parse(state);
      if (held.some(([start], i) => start < (held[i - 1]?.[0] ?? -Infinity)))
        throw new Error('the counted predictions are out of order');
      buckets = held;
    },
  };
}

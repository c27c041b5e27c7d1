// Quantiles of any number of values that are not negative, each to one percent of itself, in bounded memory.
import { z } from 'zod';

/** Counts values by their size; a quantile is known to 1% of the value. */
export interface QuantileSketch {
  /** Ignored when it is not finite; a negative value counts as 0. */
  add(value: number): void;
  /** The value of rank floor(q (n - 1)), for q from 0 to 1, to 1%; undefined when nothing came. */
  quantile(q: number): number | undefined;
  n(): number;
  /** As if this one had seen what the other saw too: exact, in any order and grouping. */
  merge(other: QuantileSketch): void;
  snapshot(): QuantileSketchState;
  /** Throws when the state is none. */
  restore(state: unknown): void;
}

const RELATIVE_ERROR = 0.01;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** Smaller values count as 0 and larger ones as this: 18 decades, which 2074 counts cover. */
const SMALLEST = 1e-9;
const LARGEST = 1e9;
const FIRST = bucketOf(SMALLEST);
const LAST = bucketOf(LARGEST);

const stateSchema = z.strictObject({
  zeros: z.int().nonnegative(),
  counts: z.array(z.tuple([z.int().min(FIRST).max(LAST), z.int().positive()])).max(LAST - FIRST + 1),
});

/** Plain JSON: how many count as 0, and the bucket and count of all others, rising. */
export type QuantileSketchState = z.infer<typeof stateSchema>;

/**
 * DDSketch (Masson, Rim and Lee 2019) over fixed decades, so that nothing is ever collapsed: bucket i holds gamma^(i-1) < x <=
 * gamma^i and answers 2 gamma^i / (gamma + 1). The bound is on the value and holds at every rank: where a sketch that bounds
 * ranks by 1% cannot tell the 98th percentile from the largest value, this tells the 99th.
 */
export function createQuantileSketch(): QuantileSketch {
  let zeros = 0;
  let counts = new Map<number, number>();
  const rising = () => [...counts].sort(([a], [b]) => a - b);
  const n = () => [...counts.values()].reduce((sum, count) => sum + count, zeros);
  return {
    add: (value) => {
      if (!Number.isFinite(value)) return;
      if (value < SMALLEST) {
        zeros += 1;
        return;
      }
      const bucket = bucketOf(Math.min(value, LARGEST));
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    },
    quantile: (q) => {
      const total = n();
      if (total === 0) return undefined;
      let left = Math.floor(q * (total - 1)) - zeros;
      if (left < 0) return 0;
      for (const [bucket, count] of rising()) {
        left -= count;
        if (left < 0) return (2 * GAMMA ** bucket) / (GAMMA + 1);
      }
      return LARGEST;
    },
    n,
    merge: (other) => {
      const theirs = other.snapshot();
      zeros += theirs.zeros;
      for (const [bucket, count] of theirs.counts) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
    },
    snapshot: () => ({ zeros, counts: rising() }),
    restore: (state) => {
      const held = stateSchema.parse(state);
      ({ zeros } = held);
      counts = new Map(held.counts);
    },
  };
}

function bucketOf(value: number): number {
  return Math.ceil(Math.log(value) / LOG_GAMMA);
}

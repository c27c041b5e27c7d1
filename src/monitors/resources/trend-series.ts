// The course of a value over hours in at most 96 points: as it grows longer, its points grow wider.
import { z } from 'zod';

const MAX_POINTS = 96;
const FIRST_WIDTH_MS = 60_000;

const stateSchema = z.strictObject({
  widthMs: z.number().min(FIRST_WIDTH_MS),
  points: z.array(z.tuple([z.int(), z.int().positive(), z.number()])).max(MAX_POINTS),
});

/** One point of a course; `at` is its middle, epoch ms. */
export interface TrendPoint {
  readonly at: number;
  readonly value: number;
}

/** A value over the last hours. */
export interface TrendSeries {
  /** One value at `at` (epoch ms). */
  add(at: number, value: number): void;
  /** The points that are complete, oldest first; the same array until another one is. */
  points(): readonly TrendPoint[];
  snapshot(): unknown;
  restore(state: unknown): void;
}

interface Bucket {
  readonly n: number;
  readonly value: number;
}

/**
 * Points of a minute, then of two, four and so on, until `spanMs` fits. A point is the least of its values where memory is
 * collected now and then (`keep` least), or else their mean.
 */
export function createTrendSeries(spanMs: number, keep: 'least' | 'mean'): TrendSeries {
  let widthMs = FIRST_WIDTH_MS;
  let buckets = new Map<number, Bucket>();
  let complete: readonly TrendPoint[] | undefined;

  const put = (into: Map<number, Bucket>, index: number, more: Bucket) => {
    const { n, value } = into.get(index) ?? { n: 0, value: more.value };
    const total = n + more.n;
    const mean = value + ((more.value - value) * more.n) / total;
    into.set(index, { n: total, value: keep === 'least' ? Math.min(value, more.value) : mean });
  };
  const fit = () => {
    const oldest = Math.max(...buckets.keys()) - spanMs / widthMs;
    for (const index of buckets.keys()) if (index < oldest) buckets.delete(index);
    while (buckets.size > MAX_POINTS) {
      const wider = new Map<number, Bucket>();
      for (const [index, bucket] of buckets) put(wider, Math.floor(index / 2), bucket);
      buckets = wider;
      widthMs *= 2;
    }
  };
  return {
    add: (at, value) => {
      const index = Math.floor(at / widthMs);
      const isNew = !buckets.has(index);
      put(buckets, index, { n: 1, value });
      // Also one that comes late changes what is complete.
      if (isNew || index < Math.max(...buckets.keys())) complete = undefined;
      if (isNew) fit();
    },
    points: () => {
      if (complete !== undefined) return complete;
      const sorted = [...buckets].sort(([a], [b]) => a - b);
      complete = sorted.slice(0, -1).map(([index, { value }]) => ({ at: (index + 0.5) * widthMs, value }));
      return complete;
    },
    snapshot: () => ({
      widthMs,
      points: [...buckets].map(([index, { n, value }]) => [index, n, value]),
    }),
    restore: (state) => {
      const held = stateSchema.parse(state);
      ({ widthMs } = held);
      buckets = new Map(held.points.map(([index, n, value]) => [index, { n, value }]));
      complete = undefined;
    },
  };
}

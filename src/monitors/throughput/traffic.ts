// Counts of predictions by second over a stretch of time, in memory that does not grow with the traffic.
import { z } from 'zod';

const MS = 1000;

const stateSchema = z.strictObject({
  seconds: z.array(z.tuple([z.number(), z.int().positive()])),
  firstAt: z.number().nullable(),
  lastAt: z.number().nullable(),
});

/** Predictions by second; times in epoch ms. */
export interface Traffic {
  /** `count` predictions at `at` (epoch ms). */
  readonly add: (at: number, count: number) => void;
  /** Count and rate per second of the window that ends at `now`; before any traffic the rate is undefined. */
  readonly at: (now: number) => {
    readonly count: number;
    readonly rate: number | undefined;
    readonly span: { readonly from: number | null; readonly to: number | null };
  };
  /** When the latest prediction was made, epoch ms; null before any. */
  readonly lastAt: () => number | null;
  readonly snapshot: () => unknown;
  readonly restore: (state: unknown) => void;
}

/** Counts over the last `widthSeconds`, to the second; a window that traffic has not filled yet is as long as the traffic. */
export function createTraffic(widthSeconds: number): Traffic {
  let counts = new Map<number, number>();
  let firstAt: number | null = null;
  let lastAt: number | null = null;

  const forgetOldest = () => {
    // One second more than the window, for the one that is not over. By number and not by age: one prediction from a
    // clock far ahead must not empty the window.
    if (counts.size > widthSeconds + 1) counts.delete(Math.min(...counts.keys()));
  };

  return {
    add: (at, count) => {
      if (!Number.isFinite(at) || !(count > 0)) return;
      const second = Math.floor(at / MS);
      counts.set(second, (counts.get(second) ?? 0) + count);
      firstAt = Math.min(firstAt ?? at, at);
      lastAt = Math.max(lastAt ?? at, at);
      forgetOldest();
    },
    at: (now) => {
      const from = (Math.floor(now / MS) - widthSeconds + 1) * MS;
      const held = [...counts].filter(([second]) => second * MS >= from);
      const count = held.reduce((total, [, n]) => total + n, 0);
      if (firstAt === null || lastAt === null || held.length === 0)
        return { count, rate: firstAt === null ? undefined : 0, span: { from: null, to: null } };
      const oldest = Math.min(...held.map(([second]) => second * MS));
      return {
        count,
        rate: count / Math.max(1, (now - Math.max(from, firstAt)) / MS),
        span: { from: Math.max(firstAt, oldest), to: lastAt },
      };
    },
    lastAt: () => lastAt,
    snapshot: () => ({ seconds: [...counts], firstAt, lastAt }),
    restore: (state) => {
      const held = stateSchema.parse(state);
      if (held.seconds.length > widthSeconds + 1) throw new Error('the counts are those of a longer window');
      counts = new Map(held.seconds);
      ({ firstAt, lastAt } = held);
    },
  };
}

// What a value was for most of a window: the median of short means, so that neither a spike nor a dip counts.
import { z } from 'zod';

const SLOTS = 10;
// So many slots of the window must lie behind, and so many hold values, before the level is known.
const LEAST_SLOTS = 8;
const LEAST_FILLED = 3;

const stateSchema = z.array(z.tuple([z.int(), z.int().positive(), z.number()])).max(SLOTS + 1);

/** A value over the last `windowMs`. */
export interface HeldLevel {
  /** One value at `at` (epoch ms). */
  add(at: number, value: number): void;
  /** The median at `now`; undefined while less than four fifths of the window have been seen. */
  level(now: number): number | undefined;
  /** How many values lie in the window at `now`, and since when (epoch ms). */
  held(now: number): { readonly n: number; readonly from: number | null };
  snapshot(): unknown;
  restore(state: unknown): void;
}

/** Keeps a mean for each tenth of the window, and one for the tenth that is not over. */
export function createHeldLevel(windowMs: number): HeldLevel {
  const slotMs = windowMs / SLOTS;
  let slots = new Map<number, { readonly n: number; readonly sum: number }>();
  const inWindow = (now: number) =>
    [...slots].filter(([slot]) => slot > (now - windowMs) / slotMs - 1 && slot * slotMs <= now);
  return {
    add: (at, value) => {
      const slot = Math.floor(at / slotMs);
      const { n, sum } = slots.get(slot) ?? { n: 0, sum: 0 };
      slots.set(slot, { n: n + 1, sum: sum + value });
      if (slots.size > SLOTS + 1) slots.delete(Math.min(...slots.keys()));
    },
    level: (now) => {
      const held = inWindow(now);
      const oldest = Math.min(...held.map(([slot]) => slot));
      if (held.length < LEAST_FILLED || oldest > Math.floor(now / slotMs) - LEAST_SLOTS) return undefined;
      const means = held.map(([, { n, sum }]) => sum / n).sort((a, b) => a - b);
      const middle = means.length >> 1;
      const upper = means[middle] ?? 0;
      return means.length % 2 === 1 ? upper : ((means[middle - 1] ?? 0) + upper) / 2;
    },
    held: (now) => {
      const held = inWindow(now);
      return {
        n: held.reduce((total, [, { n }]) => total + n, 0),
        from: held.length === 0 ? null : Math.min(...held.map(([slot]) => slot)) * slotMs,
      };
    },
    snapshot: () => [...slots].map(([slot, { n, sum }]) => [slot, n, sum]),
    restore: (state) => {
      slots = new Map(stateSchema.parse(state).map(([slot, n, sum]) => [slot, { n, sum }]));
    },
  };
}

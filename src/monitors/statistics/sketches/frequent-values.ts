// Which values come most often, in memory that does not grow with how many there are.
import { z } from 'zod';

/** What is certain of how often a value came. */
export interface FrequencyBounds {
  readonly lower: number;
  readonly upper: number;
}

/** A value that is kept, with its bounds. */
export interface FrequentValue extends FrequencyBounds {
  readonly value: string;
}

/** At most so many values as its capacity are kept; how much any of them was undercounted is at most (total - kept) / (capacity + 1). */
export interface FrequentValues {
  add(value: string): void;
  /** Of a value that is kept or not. */
  bounds(value: string): FrequencyBounds;
  /** What is kept, most frequent first, equal ones in the order of the values. */
  values(): FrequentValue[];
  /** How many came, after all ageing. */
  total(): number;
  /** Halves every count, so that what came before weighs half of what comes. */
  age(): void;
  /** Takes in what another sketch of the same capacity saw; the same, to rounding, in whatever order. Throws when its capacity is another. */
  merge(other: FrequentValues): void;
  snapshot(): FrequentValuesState;
  /** Throws when the state is not one of this capacity. */
  restore(state: unknown): void;
}

const stateSchema = z.strictObject({
  capacity: z.int().positive(),
  total: z.number().nonnegative(),
  missed: z.number().nonnegative(),
  counts: z.array(z.tuple([z.string(), z.number().positive()])),
});

/** Plain JSON; `missed` is how much any value may have been undercounted. */
export type FrequentValuesState = z.infer<typeof stateSchema>;

/** A count that was halved below it is no more than rounding. */
const LEAST_COUNT = 1e-6;

/**
 * The summary of Misra and Gries (1982), which is Space-Saving (Metwally and others 2005) with the least count taken off,
 * and its merge by Agarwal and others (2012), which keeps the bound.
 */
export function createFrequentValues(capacity: number): FrequentValues {
  let total = 0;
  let missed = 0;
  let counts = new Map<string, number>();

  const takeOff = (amount: number) => {
    missed += amount;
    for (const [value, count] of counts)
      if (count <= amount) counts.delete(value);
      else counts.set(value, count - amount);
  };
  const boundsOf = (lower: number) => ({ lower, upper: lower + missed });

  const sketch: FrequentValues = {
    add: (value) => {
      total += 1;
      const held = counts.get(value);
      if (held !== undefined) counts.set(value, held + 1);
      else if (counts.size < capacity) counts.set(value, 1);
      else {
        // Of the newcomer and all that are kept the same is taken off, until one of them is gone.
        const least = Math.min(1, ...counts.values());
        takeOff(least);
        if (least < 1 && counts.size < capacity) counts.set(value, 1 - least);
      }
    },
    bounds: (value) => boundsOf(counts.get(value) ?? 0),
    values: () =>
      [...counts]
        .map(([value, count]) => ({ value, ...boundsOf(count) }))
        .sort((a, b) => b.lower - a.lower || (a.value < b.value ? -1 : 1)),
    total: () => total,
    age: () => {
      total /= 2;
      missed /= 2;
      for (const [value, count] of counts)
        if (count / 2 < LEAST_COUNT) counts.delete(value);
        else counts.set(value, count / 2);
    },
    merge: (other) => {
      const theirs = other.snapshot();
      if (theirs.capacity !== capacity) throw new RangeError('the other sketch has another capacity');
      total += theirs.total;
      missed += theirs.missed;
      for (const [value, count] of theirs.counts) counts.set(value, (counts.get(value) ?? 0) + count);
      const [largestTooMany] = [...counts.values()].sort((a, b) => b - a).slice(capacity);
      if (largestTooMany !== undefined) takeOff(largestTooMany);
    },
    snapshot: () => ({ capacity, total, missed, counts: [...counts] }),
    restore: (state) => {
      const held = stateSchema.parse(state);
      if (held.capacity !== capacity || held.counts.length > capacity)
        throw new Error('the state counts with another capacity');
      ({ total, missed } = held);
      counts = new Map(held.counts);
    },
  };
  return sketch;
}

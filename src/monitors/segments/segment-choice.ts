// Which segments are watched: the most frequent, chosen so that none comes and goes by chance.
import { z } from 'zod';
import { createDistinctCount } from '../statistics/sketches/distinct-count.js';
import { createFrequentValues } from '../statistics/sketches/frequent-values.js';

/** Rows that a segment must have had before it takes a free place. */
const ENTRY_ROWS = 30;
/** A segment with more than a 200th of the rows is always known; what is kept does not grow with how many there are. */
const KNOWN = 200;
/** How much larger a newcomer must be than who leaves for it: in proportion, and in standard deviations of both counts. */
const LARGER_BY = 1.5;
const DEVIATIONS = 4;

/** How rows are spread over segments. */
export interface SegmentTraffic {
  /** Rows so far, and those of them that have no segment. */
  readonly rows: number;
  readonly without: number;
  /** About how many segments there are, to 3%. */
  readonly distinct: number;
  /** Share of recent rows with a segment that are watched, at the least. */
  readonly watchedShare: number;
}

/** The choice, row by row. */
export interface SegmentChoice {
  /** Takes in a row; undefined when it has no segment. */
  add(segment: string | undefined): void;
  /** At most `top`, in the order in which they entered. */
  watched(): readonly string[];
  traffic(): SegmentTraffic;
  snapshot(): unknown;
  /** Throws when the state is not one of its own. */
  restore(state: unknown): void;
}

const stateSchema = z.strictObject({
  watched: z.array(z.string()),
  rows: z.int().nonnegative(),
  without: z.int().nonnegative(),
  sinceReview: z.int().nonnegative(),
  frequent: z.unknown(),
  distinct: z.unknown(),
});

/**
 * A free place goes to the first segment with 30 rows. Every `reviewRows` rows the smallest that is watched gives its place to
 * the largest that is not, if that is surely larger by half and by more than chance; then the past counts half.
 */
export function createSegmentChoice({
  top,
  reviewRows,
}: {
  readonly top: number;
  readonly reviewRows: number;
}): SegmentChoice {
  const frequent = createFrequentValues(KNOWN);
  const distinct = createDistinctCount();
  let watched: readonly string[] = [];
  let rows = 0;
  let without = 0;
  let sinceReview = 0;

  const enter = (segment: string) => {
    if (watched.length < top && !watched.includes(segment) && frequent.bounds(segment).lower >= ENTRY_ROWS)
      watched = [...watched, segment];
  };
  const review = () => {
    const outside = frequent.values().filter(({ value }) => !watched.includes(value));
    const smallestFirst = watched
      .map((segment) => ({ segment, count: frequent.bounds(segment).upper }))
      .sort((a, b) => a.count - b.count);
    const swaps = new Map<string, string>();
    for (const [i, { segment, count }] of smallestFirst.entries()) {
      const newcomer = outside[i];
      if (newcomer === undefined || !isLarger(newcomer.lower, count)) break;
      swaps.set(segment, newcomer.value);
    }
    if (swaps.size > 0) watched = [...watched.filter((segment) => !swaps.has(segment)), ...swaps.values()];
    frequent.age();
  };

  return {
    add: (segment) => {
      rows += 1;
      if (segment === undefined) {
        without += 1;
        return;
      }
      frequent.add(segment);
      distinct.add(segment);
      enter(segment);
      sinceReview += 1;
      if (sinceReview < reviewRows) return;
      sinceReview = 0;
      review();
    },
    watched: () => watched,
    traffic: () => {
      const counted = watched.reduce((sum, segment) => sum + frequent.bounds(segment).lower, 0);
      return {
        rows,
        without,
        distinct: Math.round(distinct.estimate()),
        watchedShare: frequent.total() === 0 ? 0 : Math.min(1, counted / frequent.total()),
      };
    },
    snapshot: () => ({
      ...{ watched, rows, without, sinceReview },
      ...{ frequent: frequent.snapshot(), distinct: distinct.snapshot() },
    }),
    restore: (state) => {
      const held = stateSchema.parse(state);
      if (held.watched.length > top) throw new Error('the state watches more segments');
      frequent.restore(held.frequent);
      distinct.restore(held.distinct);
      ({ watched, rows, without, sinceReview } = held);
    },
  };
}

/** Counts vary by about their square roots, so that equals do not take turns. */
function isLarger(newcomer: number, leaver: number): boolean {
  return (
    newcomer > LARGER_BY * leaver &&
    newcomer - leaver > DEVIATIONS * Math.sqrt(Math.max(0, newcomer + leaver))
  );
}

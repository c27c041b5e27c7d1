// The labelled predictions a monitor looks back on, by the time of the prediction and not of its label.
import { z } from 'zod';
import { textHash } from '../statistics/sketches/text-hash.js';

/** Most labelled predictions a window holds, whatever the traffic. */
export const MAX_LABELLED_ROWS = 5000;

/** `{ count }` is the labelled predictions made last; `{ seconds }` those made within that time. */
export const labelledWindowSchema = z.union([
  z.strictObject({ count: z.int().min(1).max(MAX_LABELLED_ROWS) }),
  z.strictObject({ seconds: z.number().positive().max(2_592_000) }),
]);

const stateSchema = z.array(
  z.strictObject({ at: z.number(), key: z.int().nonnegative(), values: z.array(z.number()) }),
);

/** One labelled prediction: when it was made (epoch ms), a number for its id, and what is known of it. */
export type LabelledRow = Readonly<z.infer<typeof stateSchema>[number]>;

/** Rows in the order of their predictions; the earliest is dropped when there are too many. */
export interface LabelledWindow {
  /** Puts a late label where its prediction belongs; another label of the same prediction takes its place. */
  readonly add: (at: number, predictionId: string, values: readonly number[]) => void;
  /** What the window holds at `now` (epoch ms), earliest first. */
  readonly rows: (now: number) => readonly LabelledRow[];
  /** From when on every labelled prediction is held at `now`; -Infinity when none was dropped for age or number. */
  readonly start: (now: number) => number;
  readonly snapshot: () => unknown;
  /** Takes up a snapshot of a window of the same width and shape of rows; throws on anything else. */
  readonly restore: (state: unknown) => void;
}

/** What the numbers of a row are: so many, or as many as `isSound` takes, all rows together `most` at most. */
export type RowShape =
  number | { readonly most: number; readonly isSound: (values: readonly number[]) => boolean };

/** An empty window over rows of that shape; a row with a number that is not finite is ignored. */
export function createLabelledWindow(
  width: z.infer<typeof labelledWindowSchema>,
  shape: RowShape,
): LabelledWindow {
  const capacity = 'count' in width ? width.count : MAX_LABELLED_ROWS;
  const mostNumbers = typeof shape === 'number' ? Infinity : shape.most;
  const isSound = (values: readonly number[]) =>
    typeof shape === 'number' ? values.length === shape : shape.isSound(values);
  let held: LabelledRow[] = [];
  let numbers = 0;

  /** How many rows are not later than `at`. */
  const upTo = (at: number) => {
    let [low, high] = [0, held.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((held[middle]?.at ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const shorten = () => {
    while (held.length > capacity || (numbers > mostNumbers && held.length > 1))
      numbers -= held.shift()?.values.length ?? 0;
  };
  const start = (now: number) => {
    // Half full of numbers, a window may have dropped a row for their sake.
    const isWhole = held.length < capacity && numbers <= mostNumbers / 2;
    const oldest = isWhole ? -Infinity : (held[0]?.at ?? -Infinity);
    return 'count' in width ? oldest : Math.max(oldest, now - width.seconds * 1000);
  };

  return {
    add: (at, predictionId, values) => {
      if (![at, ...values].every(Number.isFinite) || !isSound(values)) return;
      // Ids are as long as they like, and only those of the same moment are told apart by it.
      const row = { at, key: textHash(predictionId)[0], values: [...values] };
      const place = upTo(at);
      for (let i = place - 1; held[i]?.at === at; i -= 1)
        if (held[i]?.key === row.key) {
          numbers += values.length - (held[i]?.values.length ?? 0);
          held[i] = row;
          shorten();
          return;
        }
      held.splice(place, 0, row);
      numbers += values.length;
      shorten();
    },
    rows: (now) => ('count' in width ? held : held.slice(upTo(now - width.seconds * 1000))),
    start,
    snapshot: () => [...held],
    restore: (state) => {
      const rows = stateSchema.parse(state);
      const fits = rows.every(({ at, values }, i) => isSound(values) && at >= (rows[i - 1]?.at ?? -Infinity));
      if (!fits || rows.length > capacity) throw new Error('the labelled rows have another shape');
      held = rows;
      numbers = rows.reduce((sum, { values }) => sum + values.length, 0);
    },
  };
}

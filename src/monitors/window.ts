// The rows a monitor looks back on: the last so many, or those of the last so many seconds, in bounded memory.
import { z } from 'zod';
import type { EvaluationWindow } from './monitor.js';

/** Most rows any window holds, so that a monitor's memory and snapshot stay bounded whatever the traffic. */
export const MAX_WINDOW_ROWS = 10_000;

/** `{ count }` is the last rows in stream order; `{ seconds }` those younger than that by their own time. */
export const windowSchema = z.union([
  z.strictObject({ count: z.int().min(1).max(MAX_WINDOW_ROWS) }),
  z.strictObject({ seconds: z.number().positive().max(86_400) }),
]);

/** How far a window reaches back. */
export type WindowWidth = z.infer<typeof windowSchema>;

/** The rows of a window at one moment, oldest first: `columns[c][i]` is value c of row i. */
export interface WindowRows {
  readonly columns: readonly Float64Array[];
  readonly window: EvaluationWindow;
}

/** Rows of numbers, the oldest dropped as new ones come. */
export interface SlidingWindow {
  /** Adds a row of event time `at` (epoch ms); one with a value that is not finite is ignored. */
  readonly push: (at: number, ...values: readonly number[]) => void;
  /** What the window holds at `now` (epoch ms); changes nothing, so evaluating more often changes nothing. */
  readonly rows: (now: number) => WindowRows;
  readonly snapshot: () => unknown;
  /** Takes up a snapshot of a window of the same width and columns; throws on anything else. */
  readonly restore: (state: unknown) => void;
}

/** Rows of one batch have one time, so that of each run of rows is kept once: time and number of rows. */
const stateSchema = z.strictObject({
  at: z.array(z.tuple([z.number(), z.int().min(1).max(MAX_WINDOW_ROWS)])),
  columns: z.array(z.array(z.number())),
});

/** An empty window over rows of `columnCount` numbers; a time window drops its oldest rows beyond MAX_WINDOW_ROWS. */
export function createSlidingWindow(width: WindowWidth, columnCount: number): SlidingWindow {
  const capacity = 'count' in width ? width.count : MAX_WINDOW_ROWS;
  const times = new Float64Array(capacity);
  const columns = Array.from({ length: columnCount }, () => new Float64Array(capacity));
  let next = 0;
  let size = 0;

  const push: SlidingWindow['push'] = (at, ...values) => {
    if (values.length !== columnCount || !Number.isFinite(at)) return;
    for (const value of values) if (!Number.isFinite(value)) return;
    times[next] = at;
    for (const [c, column] of columns.entries()) column[next] = values[c] ?? 0;
    next = next + 1 === capacity ? 0 : next + 1;
    if (size < capacity) size += 1;
  };

  /** What is held of a column, oldest first, in two stretches of the ring. */
  const unroll = (column: Float64Array) => {
    const first = next - size;
    const held = new Float64Array(size);
    if (first < 0) held.set(column.subarray(first + capacity));
    held.set(column.subarray(Math.max(0, first), next), Math.max(0, -first));
    return held;
  };

  return {
    push,
    rows: (now) => {
      const at = unroll(times);
      const held = columns.map(unroll);
      if ('count' in width) return { columns: held, window: spanOf(at) };
      const oldestAfter = now - width.seconds * 1000;
      const isYoung = (_: number, row: number) => (at[row] ?? 0) > oldestAfter;
      return { columns: held.map((column) => column.filter(isYoung)), window: spanOf(at.filter(isYoung)) };
    },
    snapshot: () => {
      return { at: runsOf(unroll(times)), columns: columns.map((column) => [...unroll(column)]) };
    },
    restore: (state) => {
      const held = stateSchema.parse(state);
      const rowTimes = held.at.flatMap(([at, count]) => Array.from({ length: count }, () => at));
      const fits = held.columns.length === columnCount && rowTimes.length <= capacity;
      if (!fits || held.columns.some((column) => column.length !== rowTimes.length))
        throw new Error('the window state has another shape');
      next = 0;
      size = 0;
      rowTimes.forEach((at, i) => push(at, ...held.columns.map((column) => column[i] ?? 0)));
    },
  };
}

/** Equal neighbours as one: value and how many. */
function runsOf(values: Float64Array): [value: number, count: number][] {
  const runs: [number, number][] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last?.[0] === value) last[1] += 1;
    else runs.push([value, 1]);
  }
  return runs;
}

function spanOf(times: Float64Array): EvaluationWindow {
  if (times.length === 0) return { from: null, to: null, n: 0 };
  let from = Infinity;
  let to = -Infinity;
  // Batches of several workers may arrive out of order, so the ends are searched, not taken.
  for (const at of times) {
    from = Math.min(from, at);
    to = Math.max(to, at);
  }
  return { from, to, n: times.length };
}

// Windows that follow each other without overlap, so that every row is counted in one of them and judged once.
import { z } from 'zod';
import type { EvaluationWindow, PredictionBatch } from './monitor.js';
import { VERDICT_LASTS } from './statistics/drift/tumbling-drift.js';
import { MAX_WINDOW_ROWS, type WindowWidth } from './window.js';

/** What is counted over the rows of one window, in bounded memory. */
export interface Tally {
  /** Takes the rows `from` up to but not including `to` of a batch. */
  add(batch: PredictionBatch, from: number, to: number): void;
  /** No row comes any more: lets go of what is held for counting on alone. */
  close(): void;
  snapshot(): unknown;
  restore(state: unknown): void;
}

/** When a window is over: at its last row, or when its time is up and it has the least rows. */
export interface TumblingPlan {
  /** `{ count }` rows, but no longer than `maxSeconds`; or `{ seconds }`, but no more than MAX_WINDOW_ROWS rows. */
  readonly width: WindowWidth;
  readonly maxSeconds: number;
  readonly minRows: number;
}

/** The window to speak of: the last that is over, and before there is one, or long after it, the open one as far as it came. */
export interface CurrentWindow<Kind extends Tally> {
  readonly tally: Kind;
  readonly window: EvaluationWindow;
  readonly isOver: boolean;
}

/** Rows counted window by window; the time of a row is that of its batch, and a batch without one is passed over. */
export interface TumblingWindow<Kind extends Tally> {
  add(batch: PredictionBatch): void;
  /** Changes nothing, so that evaluating more often changes nothing; `now` in epoch ms. */
  current(now: number): CurrentWindow<Kind>;
  snapshot(): unknown;
  /** Takes up a snapshot of windows of the same plan; throws on anything else. */
  restore(state: unknown): void;
}

const spanSchema = z.strictObject({
  n: z.int().nonnegative(),
  begun: z.number().nullable(),
  from: z.number().nullable(),
  to: z.number().nullable(),
  tally: z.unknown(),
});
const stateSchema = z.strictObject({ open: spanSchema, last: spanSchema.nullable() });

/** Starts with an empty window; `createTally` is called for each window. */
export function createTumblingWindow<Kind extends Tally>(
  { width, maxSeconds, minRows }: TumblingPlan,
  createTally: () => Kind,
): TumblingWindow<Kind> {
  const maxRows = 'count' in width ? width.count : MAX_WINDOW_ROWS;
  const maxMs = 1000 * ('seconds' in width ? width.seconds : maxSeconds);
  const leastRows = Math.min(minRows, maxRows);

  const start = (): Span<Kind> => ({ tally: createTally(), n: 0, begun: null, from: null, to: null });
  let open = start();
  let last: Span<Kind> | undefined;

  const isLate = (at: number) => open.begun !== null && at - open.begun >= maxMs;
  const close = () => {
    open.tally.close();
    last = open;
    open = start();
  };

  return {
    add: (batch) => {
      const { at } = batch;
      if (!Number.isFinite(at)) return;
      const rows = batch.ids.length;
      let row = 0;
      while (row < rows) {
        if (isLate(at) && open.n >= leastRows) close();
        const room = (isLate(at) ? leastRows : maxRows) - open.n;
        const end = Math.min(rows, row + room);
        open.tally.add(batch, row, end);
        open.n += end - row;
        open.begun ??= at;
        open.from = Math.min(open.from ?? at, at);
        open.to = Math.max(open.to ?? at, at);
        row = end;
        if (open.n >= maxRows) close();
      }
    },
    current: (now) => {
      const isOpenOver = isLate(now) && open.n >= leastRows;
      const isStale = now - (last?.to ?? now) > VERDICT_LASTS * maxMs;
      const told = isOpenOver || isStale ? open : (last ?? open);
      const { tally, n, from, to } = told;
      return { tally, window: { from, to, n }, isOver: isOpenOver || told === last };
    },
    snapshot: () => ({ open: toState(open), last: last === undefined ? null : toState(last) }),
    restore: (state) => {
      const held = stateSchema.parse(state);
      const restoreSpan = ({ tally: counted, ...span }: z.infer<typeof spanSchema>): Span<Kind> => {
        if (span.n > maxRows) throw new Error('the state holds a larger window');
        const restored = { ...start(), ...span };
        restored.tally.restore(counted);
        return restored;
      };
      const restored = {
        open: restoreSpan(held.open),
        last: held.last === null ? undefined : restoreSpan(held.last),
      };
      ({ open, last } = restored);
    },
  };
}

interface Span<Kind extends Tally> {
  readonly tally: Kind;
  n: number;
  /** Time of the first row that came, from which the time of the window is counted. */
  begun: number | null;
  from: number | null;
  to: number | null;
}

function toState<Kind extends Tally>({ tally, ...span }: Span<Kind>) {
  return { ...span, tally: tally.snapshot() };
}

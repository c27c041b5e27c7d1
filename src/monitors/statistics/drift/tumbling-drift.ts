// Gathers rows into windows that follow each other without overlap, and judges each once it is full.
import { createCategorySketch } from './category-sketch.js';
import type { Cell, ColumnReference } from './column-reference.js';
import type { ColumnSketch } from './column-sketch.js';
import type { DriftRule } from './drift-rule.js';
import { judgeColumns, NO_TRAIL, type ColumnVerdict, type DriftRules, type Trail } from './judge-columns.js';
import { createNumericSketch } from './numeric-sketch.js';
import { readDriftState } from './read-drift-state.js';

/** A column to watch, under a name of its own. */
export interface DriftColumn {
  readonly name: string;
  readonly reference: ColumnReference;
  readonly rule: DriftRule;
}

/** Rules, and the size of a window: `rows`, or after `seconds` whatever has come, when that is `minRows` at least. */
export interface WindowedRules extends DriftRules {
  readonly rows: number;
  readonly seconds: number;
}

/** The stretch of data a window covers; times in epoch ms, null when empty. */
export interface Span {
  readonly from: number | null;
  readonly to: number | null;
  readonly n: number;
}

/** A judged window; `columns` in the order of the columns watched. */
export interface JudgedWindow {
  readonly span: Span;
  readonly columns: readonly ColumnVerdict[];
}

/** Every row is judged once, with the window it falls into. */
export interface TumblingDrift {
  readonly columns: readonly (DriftColumn & {
    readonly bins: ColumnSketch['bins'];
    readonly counts: readonly number[];
  })[];
  /** Adds `rows` (indices into the cells) that came at `at` (epoch ms); `cells` by column. Ignored when `at` is no time. */
  add(at: number, rows: readonly number[], cells: readonly (readonly Cell[] | undefined)[]): void;
  /** The window being filled. */
  filling(): Span;
  /** The last judged window at `now` (epoch ms); changes nothing. Undefined until one is full, and when that is long ago. */
  judged(now: number): JudgedWindow | undefined;
  readonly snapshot: () => unknown;
  /** Throws when `state` is not one of the same columns. */
  readonly restore: (state: unknown) => void;
}

/**
 * So many times the longest a window may take, a verdict speaks for the present; after that nothing is known. Else a model that nobody
 * asks any more would stay as bad as it last was.
 */
export const VERDICT_LASTS = 3;

const NO_ROWS: Span = { from: null, to: null, n: 0 };

interface Held extends JudgedWindow {
  readonly before: readonly Trail[];
  readonly cells: readonly (readonly number[])[];
}

/** Starts with an empty window and no verdict; state is bounded by the columns alone. */
export function createTumblingDrift(columns: readonly DriftColumn[], rules: WindowedRules): TumblingDrift {
  const sketches = columns.map(({ reference }) =>
    reference.kind === 'numeric' ? createNumericSketch(reference) : createCategorySketch(reference),
  );
  let span = NO_ROWS;
  // Of the first row that came: one that comes late with an old time must not end every window it falls into.
  let begun: number | null = null;
  let held: Held | undefined;
  // A window that is over by time alone is asked for again and again, and judging many columns takes long.
  let due: JudgedWindow | undefined;

  const trails = () => held?.columns.map(({ trail }) => trail) ?? columns.map(() => NO_TRAIL);
  const judge = (before: readonly Trail[]) =>
    judgeColumns(
      columns.flatMap(({ reference: { kind }, rule }, i) => {
        const sketch = sketches[i];
        if (sketch === undefined) return [];
        const { reference } = sketch;
        return [{ kind, rule, reference, summary: sketch.summary(), before: before[i] ?? NO_TRAIL }];
      }),
      rules,
    );
  const clear = () => {
    span = NO_ROWS;
    begun = null;
    due = undefined;
    for (const sketch of sketches) sketch.clear();
  };
  const close = () => {
    const before = trails();
    held = { span, before, columns: judge(before), cells: sketches.map((sketch) => sketch.snapshot()) };
    clear();
  };
  const isDue = (now: number) =>
    begun !== null && span.n >= rules.minRows && now - begun >= rules.seconds * 1000;
  const isStale = (now: number) => now - (held?.span.to ?? now) > VERDICT_LASTS * rules.seconds * 1000;

  return {
    columns: columns.map((column, i) => ({
      ...column,
      bins: sketches[i]?.bins ?? [],
      counts: sketches[i]?.reference.table ?? [],
    })),
    add: (at, rows, cells) => {
      if (!Number.isFinite(at) || rows.length === 0) return;
      if (isDue(at)) close();
      due = undefined;
      for (let start = 0; start < rows.length;) {
        const taken = rows.slice(start, start + rules.rows - span.n);
        sketches.forEach((sketch, i) => sketch.add(cells[i], taken));
        begun ??= at;
        // Batches of several workers may arrive out of order.
        span = {
          from: Math.min(at, span.from ?? at),
          to: Math.max(at, span.to ?? at),
          n: span.n + taken.length,
        };
        start += taken.length;
        if (span.n >= rules.rows) close();
      }
    },
    filling: () => span,
    judged: (now) => {
      if (isDue(now)) return (due ??= { span, columns: judge(trails()) });
      return isStale(now) ? undefined : held;
    },
    snapshot: () => ({
      columns: columns.map(({ name }) => name),
      filling: { span, begun, cells: sketches.map((sketch) => sketch.snapshot()) },
      judged: held === undefined ? null : { span: held.span, cells: held.cells, before: held.before },
    }),
    restore: (state) => {
      const saved = readDriftState(state);
      if (JSON.stringify(saved.columns) !== JSON.stringify(columns.map(({ name }) => name)))
        throw new Error('the state is one of other columns');
      const take = (cells: readonly (readonly number[])[]) =>
        sketches.forEach((sketch, i) => sketch.restore(cells[i] ?? []));
      held = undefined;
      if (saved.judged !== null) {
        take(saved.judged.cells);
        held = { ...saved.judged, columns: judge(saved.judged.before) };
      }
      take(saved.filling.cells);
      due = undefined;
      ({ span } = saved.filling);
      begun = saved.filling.begun ?? span.from;
    },
  };
}

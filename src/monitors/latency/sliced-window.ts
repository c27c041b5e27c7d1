// Quantiles of all rows of the last so many seconds, however many they are: a sketch for each slice of that time.
import { z } from 'zod';
import type { EvaluationWindow } from '../monitor.js';
import { createQuantileSketch, type QuantileSketch } from '../statistics/sketches/quantile-sketch.js';

const SLICES = 20;

const spanSchema = z.strictObject({
  slice: z.int(),
  n: z.int().nonnegative(),
  from: z.number(),
  to: z.number(),
  columns: z.array(z.unknown()),
});

const stateSchema = z.strictObject({ slices: z.array(spanSchema).max(SLICES + 1) });

/** One sketch per column over the slices that reach into the window, which is so up to a twentieth longer than asked for. */
export interface SlicedWindow {
  /** Ignored unless all numbers are finite; `at` in epoch ms. */
  readonly push: (at: number, ...values: readonly number[]) => void;
  readonly at: (now: number) => {
    readonly columns: readonly QuantileSketch[];
    readonly window: EvaluationWindow;
  };
  readonly snapshot: () => unknown;
  /** Throws when the state is one of other columns. */
  readonly restore: (state: unknown) => void;
}

interface Slice {
  readonly slice: number;
  n: number;
  from: number;
  to: number;
  readonly columns: readonly QuantileSketch[];
}

/** Empty; holds the newest slices alone. */
export function createSlicedWindow(seconds: number, columnCount: number): SlicedWindow {
  const sliceMs = (seconds * 1000) / SLICES;
  let slices: Slice[] = [];
  const sketches = () => Array.from({ length: columnCount }, createQuantileSketch);

  const sliceOf = (at: number): Slice | undefined => {
    const slice = Math.floor(at / sliceMs);
    const held = slices.find((one) => one.slice === slice);
    if (held !== undefined) return held;
    const newest = Math.max(slice, ...slices.map((one) => one.slice));
    if (slice < newest - SLICES) return undefined;
    const fresh = { slice, n: 0, from: at, to: at, columns: sketches() };
    slices = [...slices, fresh]
      .filter((one) => one.slice >= newest - SLICES)
      .sort((a, b) => a.slice - b.slice);
    return fresh;
  };

  return {
    push: (at, ...values) => {
      if (values.length !== columnCount || ![at, ...values].every(Number.isFinite)) return;
      const slice = sliceOf(at);
      if (slice === undefined) return;
      slice.n += 1;
      slice.from = Math.min(slice.from, at);
      slice.to = Math.max(slice.to, at);
      slice.columns.forEach((column, i) => {
        column.add(values[i] ?? 0);
      });
    },
    at: (now) => {
      const columns = sketches();
      const young = slices.filter(({ slice }) => (slice + 1) * sliceMs > now - seconds * 1000);
      for (const held of young)
        held.columns.forEach((column, i) => {
          columns[i]?.merge(column);
        });
      const n = young.reduce((sum, held) => sum + held.n, 0);
      const span = {
        from: Math.min(...young.map(({ from }) => from)),
        to: Math.max(...young.map(({ to }) => to)),
      };
      return { columns, window: n === 0 ? { from: null, to: null, n } : { ...span, n } };
    },
    snapshot: () => ({
      slices: slices.map(({ columns, ...span }) => ({
        ...span,
        columns: columns.map((column) => column.snapshot()),
      })),
    }),
    restore: (state) => {
      const { slices: held } = stateSchema.parse(state);
      if (held.some(({ columns }) => columns.length !== columnCount))
        throw new Error('the state has other columns');
      slices = held.map(({ columns: saved, ...span }) => {
        const columns = sketches();
        columns.forEach((column, i) => {
          column.restore(saved[i]);
        });
        return { ...span, columns };
      });
    },
  };
}

// Keeps the windows of the drift watch and what is added up of their boxes in step, picture by picture.
import { z } from 'zod';
import type { PredictionBatch } from '../monitor.js';
import { pictureOutputs } from '../statistics/detection/picture-outputs.js';
import type { ColumnVerdict } from '../statistics/drift/judge-columns.js';
import {
  createTumblingDrift,
  type DriftColumn,
  type Span,
  type TumblingDrift,
  type WindowedRules,
} from '../statistics/drift/tumbling-drift.js';
import { createBoxTally, type BoxSummary } from './box-tally.js';

/** What beyond the model's classes is counted as one. */
export const OTHER = '(other)';

/** A column of the reference and what became of it in the window; no verdict before a window is over. */
export interface ComparedColumn {
  readonly column: TumblingDrift['columns'][number];
  readonly verdict: ColumnVerdict | undefined;
}

/** The window to speak of: the last that is over, and before there is one, the first as far as it came. */
export interface CurrentDetections {
  readonly span: Span;
  readonly isOver: boolean;
  readonly boxes: BoxSummary;
  readonly columns: ReadonlyMap<string, ComparedColumn>;
}

export interface DetectionWindow {
  add(batch: PredictionBatch): void;
  /** Changes nothing; `now` in epoch ms. */
  current(now: number): CurrentDetections;
  snapshot(): unknown;
  /** Throws when the state is of other classes or columns. */
  restore(state: unknown): void;
}

const stateSchema = z.strictObject({
  classes: z.array(z.string()),
  drift: z.unknown(),
  filling: z.array(z.number()),
  last: z.array(z.number()).nullable(),
});

/** Windows of pictures that were made something of; `columns` are named as `pictureOutputs` names them. */
export function createDetectionWindow(
  classes: readonly string[],
  columns: readonly DriftColumn[],
  rules: WindowedRules,
): DetectionWindow {
  const watch = createTumblingDrift(columns, rules);
  const codes = new Map(classes.map((name, code) => [name, code]));
  const createTally = () => createBoxTally(classes.length + 1, (label) => codes.get(label) ?? classes.length);
  let filling = createTally();
  let last: ReturnType<typeof createTally> | undefined;
  const close = () => {
    last = filling;
    filling = createTally();
  };

  return {
    add: ({ at, ids, errors, outputs }) => {
      if (!Number.isFinite(at)) return;
      for (let row = 0; row < ids.length; row += 1) {
        const found = outputs.detections?.[row] ?? null;
        if ((errors[row] ?? null) !== null || found === null) continue;
        const cells = pictureOutputs(found, classes);
        const before = watch.filling().n;
        watch.add(
          at,
          [0],
          columns.map(({ name }) => [cells[name] ?? null]),
        );
        const after = watch.filling().n;
        // Its time was up before this picture came, or this picture was its last.
        if (after === 1 && before > 0) close();
        filling.add(found);
        if (after === 0) close();
      }
    },
    current: (now) => {
      const open = watch.filling();
      const judged = watch.judged(now);
      const isOpen = judged === undefined || judged.span === open;
      return {
        span: judged?.span ?? open,
        isOver: judged !== undefined,
        boxes: (isOpen ? filling : (last ?? filling)).summary(),
        columns: new Map(
          watch.columns.map((column, i) => [column.name, { column, verdict: judged?.columns[i] }]),
        ),
      };
    },
    snapshot: () => ({
      ...{ classes, drift: watch.snapshot(), filling: filling.snapshot() },
      last: last?.snapshot() ?? null,
    }),
    restore: (state) => {
      const held = stateSchema.parse(state);
      if (JSON.stringify(held.classes) !== JSON.stringify(classes))
        throw new Error('the state counts other classes');
      watch.restore(held.drift);
      filling.restore(held.filling);
      last = held.last === null ? undefined : createTally();
      last?.restore(held.last ?? []);
    },
  };
}

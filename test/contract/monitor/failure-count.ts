// A monitor as small as one can be that keeps every law: it counts rows and those of them that failed.
import { z } from 'zod';
import type { Evaluation, Monitor } from '../../../src/monitors/monitor.js';

/** Rows so far. */
export interface Count {
  readonly rows: number;
  readonly failed: number;
}

/** The monitor, and its count for who wants to spoil it. */
export interface FailureCount {
  readonly monitor: Monitor;
  readonly count: () => Count;
  readonly set: (count: Count) => void;
}

const stateSchema = z.strictObject({ rows: z.int().nonnegative(), failed: z.int().nonnegative() });
const WARN_ABOVE = 0.05;

/** The count in a state of it; throws when it is none. */
export function countOf(state: unknown): Count {
  return stateSchema.parse(state);
}

/** Begins at nothing. */
export function createFailureCount(): FailureCount {
  let count: Count = { rows: 0, failed: 0 };
  const set = (next: Count) => {
    count = next;
  };
  return {
    count: () => count,
    set,
    monitor: {
      update: (events) => {
        for (const event of events) {
          if (event.kind !== 'prediction') continue;
          const { ids, errors } = event.batch;
          const failed = ids.filter((_, row) => (errors[row] ?? null) !== null).length;
          set({ rows: count.rows + ids.length, failed: count.failed + failed });
        }
      },
      evaluate: () => evaluate(count),
      snapshot: () => count,
      restore: (state) => {
        set(countOf(state));
      },
      merge: (other) => {
        const theirs = countOf(other.snapshot());
        set({ rows: count.rows + theirs.rows, failed: count.failed + theirs.failed });
      },
    },
  };
}

function evaluate({ rows, failed }: Count): Evaluation {
  const ratio = rows === 0 ? null : failed / rows;
  const status = ratio === null ? 'no-data' : ratio > WARN_ABOVE ? 'warning' : 'ok';
  return {
    measurements:
      ratio === null ? [] : [{ name: 'failure_ratio', labels: {}, unit: 'ratio', value: ratio, n: rows }],
    findings: [
      {
        ...{ key: 'ratio', status, value: ratio, threshold: WARN_ABOVE, effect: null, pValue: null, n: rows },
        ...{ summary: `${failed} of ${rows} rows failed`, detail: {} },
      },
    ],
    // Its rows have no times; an empty window has none either.
    window: { from: null, to: null, n: rows },
  };
}

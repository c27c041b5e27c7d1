// One segment under watch: it learns a reference first where its monitor needs one, and then is a monitor like any other.
import { z } from 'zod';
import { referenceProfileSchema } from '../../manifest/reference-profile.js';
import type { Evaluation, FeedbackBatch, Monitor, PredictionBatch, ReferenceProfile } from '../monitor.js';
import type { OwnReference } from './own-reference.js';
import { pickRows } from './pick-rows.js';

/** A segment and what watches it. */
export interface SegmentWatch {
  readonly predict: (batch: PredictionBatch) => void;
  readonly learn: (batch: FeedbackBatch) => void;
  /** What its monitor says; while the reference is learnt, how many rows have come of those that are needed. */
  readonly evaluate: (now: number) => Evaluation | { readonly learnt: number; readonly wanted: number };
  readonly snapshot: () => unknown;
  readonly restore: (state: unknown) => void;
}

const stateSchema = z.union([
  z.strictObject({ learning: z.unknown() }),
  z.strictObject({ reference: referenceProfileSchema.nullable(), monitor: z.unknown() }),
]);

/** `createMonitor` makes the monitor of the segment; `reference` learns for it, and is undefined where it needs none. */
export function createSegmentWatch(
  createMonitor: (reference: ReferenceProfile | undefined) => Monitor,
  inputs: readonly string[],
  createReference: (() => OwnReference) | undefined,
): SegmentWatch {
  const learning = createReference?.();
  let reference: ReferenceProfile | undefined;
  let monitor = learning === undefined ? createMonitor(undefined) : undefined;

  return {
    predict: (batch) => {
      let rest = batch;
      if (monitor === undefined && learning !== undefined) {
        const taken = learning.take(batch);
        if (learning.rows() < learning.wanted) return;
        reference = learning.profile();
        monitor = createMonitor(reference);
        const left = batch.ids.flatMap((_, row) => (row < taken ? [] : [row]));
        if (left.length === 0) return;
        rest = pickRows(batch, left);
      }
      if (inputs.includes('prediction')) monitor?.update([{ kind: 'prediction', batch: rest }]);
    },
    learn: (batch) => {
      if (inputs.includes('feedback')) monitor?.update([{ kind: 'feedback', batch }]);
    },
    evaluate: (now) =>
      monitor?.evaluate(now) ?? { learnt: learning?.rows() ?? 0, wanted: learning?.wanted ?? 0 },
    snapshot: () =>
      monitor === undefined
        ? { learning: learning?.snapshot() }
        : { reference: reference ?? null, monitor: monitor.snapshot() },
    restore: (state) => {
      const held = stateSchema.parse(state);
      if ('learning' in held) {
        if (learning === undefined) throw new Error('the state learns a reference');
        learning.restore(held.learning);
        return;
      }
      reference = held.reference ?? undefined;
      monitor = createMonitor(reference);
      monitor.restore(held.monitor);
    },
  };
}

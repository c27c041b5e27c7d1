// Takes some rows of a batch as a batch of their own.
import type { PredictionBatch } from '../monitor.js';

/**
 * The rows at these places, in this order; the batch itself when they are all of it. Where an array is too short, the row has
 * none of it: null, or NaN for a time.
 */
export function pickRows(batch: PredictionBatch, rows: readonly number[]): PredictionBatch {
  if (rows.length === batch.ids.length) return batch;
  const { label, confidence, value, probabilities, detections } = batch.outputs;
  const classes = probabilities?.classes.length ?? 0;
  return {
    ...batch,
    ids: rows.map((row) => batch.ids[row] ?? ''),
    receivedAt: pick(batch.receivedAt, rows, Number.NaN),
    requests: rows.map((row) => batch.requests[row] ?? {}),
    features: Object.fromEntries(
      Object.entries(batch.features).map(([name, column]) => [name, pick(column, rows, null)]),
    ),
    outputs: {
      ...(label !== undefined && { label: pick(label, rows, null) }),
      ...(confidence !== undefined && { confidence: pick(confidence, rows, null) }),
      ...(value !== undefined && { value: pick(value, rows, null) }),
      ...(probabilities !== undefined && {
        probabilities: {
          classes: probabilities.classes,
          values: rows.flatMap((row) =>
            probabilities.classes.map((_, i) => probabilities.values[row * classes + i] ?? 0),
          ),
        },
      }),
      ...(detections !== undefined && { detections: pick(detections, rows, null) }),
    },
    ...(batch.pictures !== undefined && { pictures: pick(batch.pictures, rows, null) }),
    errors: pick(batch.errors, rows, null),
    timings: { ...batch.timings, queueMs: pick(batch.timings.queueMs, rows, Number.NaN) },
  };
}

function pick<Value>(column: readonly Value[], rows: readonly number[], none: Value): Value[] {
  return rows.map((row) => column[row] ?? none);
}

// Outputs of parts of a batch: each checked against its rows, and all put at their places in the whole.
import { AppError } from '../errors.js';
import type { PredictionBatch } from '../events/prediction-batch.js';
import type { InferenceModel } from '../inference/inference.js';

type Outputs = PredictionBatch['outputs'];

/** What one run answered, and at which rows of the batch. */
export interface PartOutputs {
  readonly rows: readonly number[];
  readonly outputs: Outputs;
}

/** Throws INFERENCE_FAILED unless every output has one element per row: a row too few would give its answer to another. */
export function checkOutputs(
  { label, confidence, value, probabilities }: Outputs,
  rows: number,
  { manifest, version }: InferenceModel,
): void {
  const answered = [label, confidence, value].flatMap((column) => (column ? [column.length] : []));
  if (probabilities !== undefined) answered.push(probabilities.values.length / probabilities.classes.length);
  if (answered.length > 0 && answered.every((length) => length === rows)) return;
  const told = answered.find((length) => length !== rows) ?? 0;
  throw new AppError(
    'INFERENCE_FAILED',
    `${manifest.name}@${version} failed: it answered ${told} rows for ${rows}`,
  );
}

/** One element per row of `total`; null, or zeros in the probabilities, where no part answers. Parts share no row. */
export function joinOutputs(parts: readonly PartOutputs[], total: number): Outputs {
  const [first] = parts;
  if (first === undefined) return {};
  if (first.rows.length === total) return first.outputs;
  const join = <T>(columnOf: (outputs: Outputs) => readonly (T | null)[] | undefined) => {
    if (columnOf(first.outputs) === undefined) return undefined;
    const joined: (T | null)[] = Array.from({ length: total }, () => null);
    for (const { rows, outputs } of parts) {
      const column = columnOf(outputs);
      rows.forEach((row, i) => (joined[row] = column?.[i] ?? null));
    }
    return joined;
  };
  const label = join((outputs) => outputs.label);
  const confidence = join((outputs) => outputs.confidence);
  const value = join((outputs) => outputs.value);
  const probabilities = joinProbabilities(parts, total);
  return {
    ...(label && { label }),
    ...(confidence && { confidence }),
    ...(value && { value }),
    ...(probabilities && { probabilities }),
  };
}

function joinProbabilities(parts: readonly PartOutputs[], total: number): Outputs['probabilities'] {
  const classes = parts[0]?.outputs.probabilities?.classes;
  if (classes === undefined) return undefined;
  const width = classes.length;
  const values = new Array<number>(total * width).fill(0);
  for (const { rows, outputs } of parts) {
    const own = outputs.probabilities?.values ?? [];
    rows.forEach((row, i) => {
      for (let k = 0; k < width; k += 1) values[row * width + k] = own[i * width + k] ?? 0;
    });
  }
  return { classes, values };
}

// Runs a batch so that one poisonous row fails alone: all rows at once, and singly when that fails.
import { AppError } from '../errors.js';
import type { FeatureColumns, PredictionBatch, RowError } from '../events/prediction-batch.js';
import type { Inference, InferenceModel } from '../inference/inference.js';

type Outputs = PredictionBatch['outputs'];

/** One outcome per row of the batch, in order; a row with an error has null outputs (zeros in `probabilities`). */
export interface RowOutcomes {
  readonly outputs: Outputs;
  readonly errors: readonly (RowError | null)[];
  readonly computeMs: number;
}

/** Runs the rows that have no error yet. Throws only what is no fault of the rows (the model cannot be loaded). */
export async function runRows(
  inference: Inference,
  model: InferenceModel,
  features: FeatureColumns,
  known: readonly (RowError | null)[],
): Promise<RowOutcomes> {
  const open = known.flatMap((error, row) => (error === null ? [row] : []));
  if (open.length === 0) return { outputs: {}, errors: known, computeMs: 0 };
  try {
    const { outputs, computeMs } = await inference.run(model, pick(features, open), open.length);
    return { outputs: spread(outputs, open, known.length), errors: known, computeMs };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (open.length === 1)
      return { outputs: {}, errors: known.map((k) => k ?? toRowError(error)), computeMs: 0 };
    return await runSingly(inference, model, features, known, open);
  }
}

async function runSingly(
  inference: Inference,
  model: InferenceModel,
  features: FeatureColumns,
  known: readonly (RowError | null)[],
  open: readonly number[],
): Promise<RowOutcomes> {
  const errors = [...known];
  let outputs: Outputs = {};
  let computeMs = 0;
  for (const row of open) {
    const single = await runRows(inference, model, pick(features, [row]), [null]);
    errors[row] = single.errors[0] ?? null;
    computeMs += single.computeMs;
    outputs = merge(outputs, spread(single.outputs, [row], known.length));
  }
  return { outputs, errors, computeMs };
}

function toRowError(error: AppError): RowError {
  return { code: error.code, message: error.message };
}

function pick(features: FeatureColumns, rows: readonly number[]): FeatureColumns {
  return Object.fromEntries(
    Object.entries(features).map(([name, column]) => [name, rows.map((row) => column[row] ?? null)]),
  );
}

/** Puts the outputs of some rows at their places among `total` rows. */
function spread(outputs: Outputs, rows: readonly number[], total: number): Outputs {
  if (rows.length === total) return outputs;
  const place = <T>(values: readonly T[]): (T | null)[] => {
    const placed: (T | null)[] = Array.from({ length: total }, () => null);
    rows.forEach((row, i) => (placed[row] = values[i] ?? null));
    return placed;
  };
  const { label, confidence, value, probabilities } = outputs;
  return {
    ...(label && { label: place(label) }),
    ...(confidence && { confidence: place(confidence) }),
    ...(value && { value: place(value) }),
    ...(probabilities && { probabilities: spreadMatrix(probabilities, rows, total) }),
  };
}

function spreadMatrix(
  { classes, values }: NonNullable<Outputs['probabilities']>,
  rows: readonly number[],
  total: number,
): NonNullable<Outputs['probabilities']> {
  const width = classes.length;
  const placed = new Array<number>(total * width).fill(0);
  rows.forEach((row, i) =>
    values.slice(i * width, (i + 1) * width).forEach((v, k) => (placed[row * width + k] = v)),
  );
  return { classes, values: placed };
}

/** Joins two outputs over the same rows, each of which has a row in one of them at most. */
function merge(a: Outputs, b: Outputs): Outputs {
  const join = <T>(x: readonly (T | null)[] | undefined, y: readonly (T | null)[] | undefined) =>
    x === undefined ? y?.slice() : x.map((value, row) => value ?? y?.[row] ?? null);
  const label = join(a.label, b.label);
  const confidence = join(a.confidence, b.confidence);
  const value = join(a.value, b.value);
  const matrix = a.probabilities ?? b.probabilities;
  const values = matrix?.values.map(
    (_, i) => (a.probabilities?.values[i] ?? 0) + (b.probabilities?.values[i] ?? 0),
  );
  return {
    ...(label && { label }),
    ...(confidence && { confidence }),
    ...(value && { value }),
    ...(matrix && values && { probabilities: { classes: matrix.classes, values } }),
  };
}

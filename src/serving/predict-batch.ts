// Many instances in one request: each is asked for by itself, and a bad one fails alone.
import { AppError } from '../errors.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import type { BatchAnswer, BatchItemError } from './serving.js';

/** Asks for every instance at once; unknown errors are thrown, coded ones become the item's error. */
export async function predictBatchWith(
  instances: readonly Readonly<Record<string, unknown>>[],
  predictOne: (features: Readonly<Record<string, unknown>>) => Promise<PredictionRecord>,
): Promise<BatchAnswer> {
  const outcomes = await Promise.all(
    instances.map(async (features, index) => {
      try {
        return await predictOne(features);
      } catch (error) {
        if (error instanceof AppError) return toItemError(error, index);
        throw error;
      }
    }),
  );
  const predictions: PredictionRecord[] = [];
  const errors: BatchItemError[] = [];
  for (const outcome of outcomes) {
    if ('index' in outcome) errors.push(outcome);
    else predictions.push(outcome);
  }
  return { predictions, errors };
}

function toItemError(error: AppError, index: number): BatchItemError {
  const issues = (error.details.issues ?? []).map(({ path, message }) => ({
    path: path.replace(/^input\.features/, `input.instances[${index}]`),
    message,
  }));
  return { index, code: error.code, message: error.message, issues };
}

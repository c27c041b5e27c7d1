// Feedback: each item is checked against its prediction and its model; what fits leaves as one entry per model.
import { AppError, type InputIssue } from '../errors.js';
import type { FeedbackBatch, FeedbackItem } from '../events/feedback-batch.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import type { ModelManifest } from '../manifest/model-manifest.js';
import { segmentsOf } from '../manifest/segment-by.js';
import type { Registry } from '../registry/registry.js';
import type { BatchItemError, FeedbackAnswer, FeedbackRequest } from './serving.js';

/** Throws only when the predictions cannot be looked up or nothing could be appended; a bad item fails alone. */
export type SubmitFeedback = (requests: readonly FeedbackRequest[]) => Promise<FeedbackAnswer>;

interface FeedbackParts {
  /** Must see predictions this process has just made, not only those in the log. */
  readonly find: (ids: readonly string[]) => Promise<ReadonlyMap<string, PredictionRecord>>;
  readonly registry: Registry;
  readonly append: (model: string, batch: FeedbackBatch) => Promise<void>;
  readonly createId: () => string;
  /** Epoch ms. */
  readonly now: () => number;
}

export function createSubmitFeedback({
  find,
  registry,
  append,
  createId,
  now,
}: FeedbackParts): SubmitFeedback {
  return async (requests) => {
    const predictions = await find([...new Set(requests.map(({ predictionId }) => predictionId))]);
    const errors: BatchItemError[] = [];
    const accepted = new Map<string, { readonly index: number; readonly item: FeedbackItem }[]>();
    const seen = new Set<string>();
    requests.forEach((request, index) => {
      try {
        const prediction = predictions.get(request.predictionId);
        if (prediction === undefined) throw new AppError('PREDICTION_NOT_FOUND');
        if (seen.has(prediction.id)) refuse('predictionId', 'has feedback earlier in this call');
        const { manifest } = registry.model(prediction.model);
        const truth = truthFor(prediction, manifest, request);
        seen.add(prediction.id);
        const item = toItem(createId(), prediction, truth, segmentsOf(manifest, prediction));
        accepted.set(prediction.model, [...(accepted.get(prediction.model) ?? []), { index, item }]);
      } catch (error) {
        errors.push(toItemError(error, index));
      }
    });

    const appended = await Promise.allSettled(
      [...accepted].map(async ([model, entries]) => {
        const items = entries.map(({ item }) => item);
        await append(model, { v: 1, model, receivedAt: now(), items });
        return items.length;
      }),
    );
    return settle(appended, [...accepted.values()], errors);
  };
}

/** What one model's entry failed with is told for its items; when every entry failed, the whole call fails. */
function settle(
  appended: readonly PromiseSettledResult<number>[],
  groups: readonly (readonly { readonly index: number }[])[],
  itemErrors: readonly BatchItemError[],
): FeedbackAnswer {
  const errors = [...itemErrors];
  let accepted = 0;
  const firstFailure = appended.find((result) => result.status === 'rejected');
  if (firstFailure !== undefined && appended.every(({ status }) => status === 'rejected'))
    throw firstFailure.reason;
  appended.forEach((result, group) => {
    if (result.status === 'fulfilled') accepted += result.value;
    else errors.push(...(groups[group] ?? []).map(({ index }) => toItemError(result.reason, index)));
  });
  return { accepted, errors: errors.sort((a, b) => a.index - b.index) };
}

function truthFor(
  prediction: PredictionRecord,
  { task, classes }: ModelManifest,
  { label, value }: FeedbackRequest,
): FeedbackItem['truth'] {
  if (prediction.status !== 'completed')
    refuse('predictionId', `the prediction is ${prediction.status}; there is nothing to compare with`);
  switch (task) {
    case 'classification':
      if (label === undefined || value !== undefined) refuse('label', 'a classification takes a label alone');
      if (!classes.includes(label)) refuse('label', `must be one of: ${classes.join(', ')}`);
      return { label };
    case 'regression':
      if (value === undefined || label !== undefined) refuse('value', 'a regression takes a value alone');
      if (!Number.isFinite(value)) refuse('value', 'must be a finite number');
      return { value };
    case 'detection':
      return refuse('detections', 'this server takes no feedback on detections');
  }
}

function refuse(path: string, message: string): never {
  throw new AppError('INVALID_INPUT', undefined, { details: { issues: [{ path, message }] } });
}

function toItem(
  id: string,
  prediction: PredictionRecord,
  truth: FeedbackItem['truth'],
  segments: FeedbackItem['segments'],
): FeedbackItem {
  const { label, value } = prediction;
  return {
    id,
    predictionId: prediction.id,
    version: prediction.version,
    predictedAt: prediction.createdAt,
    predicted: { ...(label === null ? {} : { label }), ...(value === null ? {} : { value }) },
    truth,
    ...(segments !== undefined && { segments }),
  };
}

function toItemError(error: unknown, index: number): BatchItemError {
  if (!(error instanceof AppError)) throw error;
  const issues: InputIssue[] = (error.details.issues ?? []).map(({ path, message }) => ({
    path: `input[${index}].${path}`,
    message,
  }));
  return { index, code: error.code, message: error.message, issues };
}

// Feedback: each item is checked against its prediction and its model; what fits leaves as one entry per model, or few.
import { AppError, type InputIssue } from '../errors.js';
import type { Picture, TrueBox } from '../events/picture.js';
import type { FeedbackBatch, FeedbackItem } from '../events/feedback-batch.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import type { ModelManifest } from '../manifest/model-manifest.js';
import { segmentsOf } from '../manifest/segment-by.js';
import type { Registry } from '../registry/registry.js';
import type { BatchItemError, FeedbackAnswer, FeedbackRequest } from './serving.js';

/** So that an entry stays within some megabytes: its boxes travel as JSON. */
const MAX_BOXES_OF_ENTRY = 20_000;

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
    const accepted = new Map<string, Accepted[]>();
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

    const entries = [...accepted].flatMap(([model, taken]) =>
      inEntries(taken).map((items) => ({ model, items })),
    );
    const appended = await Promise.allSettled(
      entries.map(async ({ model, items }) => {
        await append(model, { v: 1, model, receivedAt: now(), items: items.map(({ item }) => item) });
        return items.length;
      }),
    );
    return settle(
      appended,
      entries.map(({ items }) => items),
      errors,
    );
  };
}

interface Accepted {
  readonly index: number;
  readonly item: FeedbackItem;
}

/** Items in their order, as entries of at most so many boxes; one item alone may have more. */
function inEntries(items: readonly Accepted[]): Accepted[][] {
  const entries: Accepted[][] = [];
  let boxes = 0;
  for (const accepted of items) {
    const { predicted, truth } = accepted.item;
    const more = (predicted.detections?.length ?? 0) + (truth.detections?.length ?? 0);
    const last = entries.at(-1);
    if (last !== undefined && boxes + more <= MAX_BOXES_OF_ENTRY) last.push(accepted);
    else {
      entries.push([accepted]);
      boxes = 0;
    }
    boxes += more;
  }
  return entries;
}

/** What one entry failed with is told for its items; when every entry failed, the whole call fails. */
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
  { label, value, detections }: FeedbackRequest,
): FeedbackItem['truth'] {
  if (prediction.status !== 'completed')
    refuse('predictionId', `the prediction is ${prediction.status}; there is nothing to compare with`);
  switch (task) {
    case 'classification':
      if (label === undefined || value !== undefined || detections !== undefined)
        refuse('label', 'a classification takes a label alone');
      if (!classes.includes(label)) refuse('label', `must be one of: ${classes.join(', ')}`);
      return { label };
    case 'regression':
      if (value === undefined || label !== undefined || detections !== undefined)
        refuse('value', 'a regression takes a value alone');
      if (!Number.isFinite(value)) refuse('value', 'must be a finite number');
      return { value };
    case 'detection':
      if (detections === undefined || label !== undefined || value !== undefined)
        refuse('detections', 'a detection takes detections alone; an empty list where nothing is there');
      return { detections: checkedBoxes(detections, classes, prediction.picture) };
  }
}

/** Every box is of a class of the model and at least in part within the picture, where its size is known. */
function checkedBoxes(
  detections: readonly TrueBox[],
  classes: readonly string[],
  picture: Picture | null,
): TrueBox[] {
  const known = new Set(classes);
  detections.forEach(({ label, box: { x, y, width, height } }, i) => {
    if (!known.has(label)) refuse(`detections[${i}].label`, `must be one of: ${classes.join(', ')}`);
    const isSound = [x, y, width, height].every(Number.isFinite) && width > 0 && height > 0;
    if (!isSound) refuse(`detections[${i}].box`, 'must have finite numbers and an area');
    if (picture === null) return;
    const isWithin = x < picture.width && y < picture.height && x + width > 0 && y + height > 0;
    if (!isWithin)
      refuse(
        `detections[${i}].box`,
        `lies outside the picture, which is ${picture.width} by ${picture.height} pixels`,
      );
  });
  return detections.map(({ label, box }) => ({ label, box: { ...box } }));
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
  const { label, value, detections } = prediction;
  return {
    id,
    predictionId: prediction.id,
    version: prediction.version,
    predictedAt: prediction.createdAt,
    predicted: {
      ...(label === null ? {} : { label }),
      ...(value === null ? {} : { value }),
      ...(detections === null ? {} : { detections: [...detections] }),
    },
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

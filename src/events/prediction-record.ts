// One prediction as a row: what a client is answered, what the log records, what subscribers see.
import type { Detection, Picture } from './picture.js';
import type { Cell, PredictionBatch, RowError, RowRequest, Warning } from './prediction-batch.js';

/** Where a prediction stands; only `completed` and `failed` are recorded. */
export type PredictionStatus = 'queued' | 'running' | 'completed' | 'failed';

/** Times in epoch ms, durations in ms; `probabilities` in the order of the model's classes. */
export interface PredictionRecord {
  readonly id: string;
  readonly model: string;
  readonly version: number;
  readonly status: PredictionStatus;
  readonly label: string | null;
  readonly value: number | null;
  readonly confidence: number | null;
  readonly probabilities: readonly { readonly label: string; readonly probability: number }[] | null;
  /** Best first; null for other tasks and failures. */
  readonly detections: readonly Detection[] | null;
  /** The picture it was made of; null for models of other things. */
  readonly picture: Picture | null;
  readonly features: Readonly<Record<string, Cell>>;
  readonly warnings: readonly Warning[];
  readonly createdAt: number;
  readonly timings: {
    /**
     * From the arrival of the row in the API to the end of its batch in the worker. What a waiting client is answered
     * goes on to the answer instead, by the API's clock alone, and is the larger of the two.
     */
    readonly totalMs: number;
    readonly queueMs: number;
    readonly computeMs: number;
    readonly batchSize: number;
  };
  readonly error: RowError | null;
  readonly requestId: string | null;
  readonly subject: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

/** What is known of a row before it is executed. */
export interface KnownRow {
  readonly id: string;
  readonly features: PredictionRecord['features'];
  readonly request: RowRequest | undefined;
  /** Epoch ms. */
  readonly receivedAt: number;
}

/** Turns an executed batch into its rows, in order. */
export function recordsOf(batch: PredictionBatch): PredictionRecord[] {
  return batch.ids.map((_, row) => recordAt(batch, row));
}

/** One row of an executed batch. */
export function recordAt(batch: PredictionBatch, row: number): PredictionRecord {
  const columns = Object.entries(batch.features);
  const known = {
    id: batch.ids[row] ?? '',
    features: Object.fromEntries(columns.map(([name, column]) => [name, column[row] ?? null])),
    request: batch.requests[row],
    receivedAt: batch.receivedAt[row] ?? batch.at,
  };
  return recordOf(batch, known, batch, row, batch.at);
}

/** The record of the row at place `row` of what was executed; `until` is when its time ends, epoch ms. */
export function recordOf(
  { model, version }: Pick<PredictionBatch, 'model' | 'version'>,
  { id, features, request, receivedAt }: KnownRow,
  executed: Pick<PredictionBatch, 'outputs' | 'pictures' | 'errors' | 'timings'>,
  row: number,
  until: number,
): PredictionRecord {
  const { outputs, pictures, errors, timings } = executed;
  const error = errors[row] ?? null;
  return {
    id,
    model,
    version,
    status: error === null ? 'completed' : 'failed',
    label: outputs.label?.[row] ?? null,
    value: outputs.value?.[row] ?? null,
    confidence: outputs.confidence?.[row] ?? null,
    probabilities: error === null ? probabilitiesAt(outputs, row) : null,
    detections: outputs.detections?.[row] ?? null,
    picture: pictures?.[row] ?? null,
    features,
    warnings: request?.warnings ?? [],
    createdAt: receivedAt,
    timings: {
      // Two clocks may meet here (API and worker), so a small skew must not show as a negative time.
      totalMs: Math.max(0, until - receivedAt),
      queueMs: timings.queueMs[row] ?? 0,
      computeMs: timings.computeMs,
      batchSize: errors.length,
    },
    error,
    requestId: request?.requestId ?? null,
    subject: request?.subject ?? null,
    metadata: request?.metadata ?? null,
  };
}

function probabilitiesAt(
  { probabilities }: PredictionBatch['outputs'],
  row: number,
): PredictionRecord['probabilities'] {
  if (probabilities === undefined) return null;
  const { classes, values } = probabilities;
  return classes.map((label, i) => ({ label, probability: values[row * classes.length + i] ?? 0 }));
}

// One prediction as a row: what a client is answered, what the log records, what subscribers see.
import type { Cell, PredictionBatch, RowError, Warning } from './prediction-batch.js';

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

/** Turns an executed batch into its rows, in order. */
export function recordsOf(batch: PredictionBatch): PredictionRecord[] {
  return batch.ids.map((id, row) => recordAt(batch, id, row));
}

function recordAt(batch: PredictionBatch, id: string, row: number): PredictionRecord {
  const { outputs, timings } = batch;
  const request = batch.requests[row];
  const error = batch.errors[row] ?? null;
  const createdAt = batch.receivedAt[row] ?? batch.at;
  return {
    id,
    model: batch.model,
    version: batch.version,
    status: error === null ? 'completed' : 'failed',
    label: outputs.label?.[row] ?? null,
    value: outputs.value?.[row] ?? null,
    confidence: outputs.confidence?.[row] ?? null,
    probabilities: error === null ? probabilitiesAt(batch, row) : null,
    features: Object.fromEntries(
      Object.entries(batch.features).map(([name, column]) => [name, column[row] ?? null]),
    ),
    warnings: request?.warnings ?? [],
    createdAt,
    timings: {
      // Two clocks meet here (API and worker), so a small skew must not show as a negative time.
      totalMs: Math.max(0, batch.at - createdAt),
      queueMs: timings.queueMs[row] ?? 0,
      computeMs: timings.computeMs,
      batchSize: batch.ids.length,
    },
    error,
    requestId: request?.requestId ?? null,
    subject: request?.subject ?? null,
    metadata: request?.metadata ?? null,
  };
}

function probabilitiesAt(batch: PredictionBatch, row: number): PredictionRecord['probabilities'] {
  const { probabilities } = batch.outputs;
  if (probabilities === undefined) return null;
  const { classes, values } = probabilities;
  return classes.map((label, i) => ({ label, probability: values[row * classes.length + i] ?? 0 }));
}

// Rows for tests of the store: plain ones, of which a test changes what it speaks of.
import { v7 } from 'uuid';
import type { AlertTransition } from '../../src/events/alert-transition.js';
import type { FeedbackBatch } from '../../src/events/feedback-batch.js';
import type { Measurement, MonitorReport } from '../../src/events/monitor-report.js';
import type { PredictionRecord } from '../../src/events/prediction-record.js';
import type { BatchRow } from '../../src/store/store.js';

/** An id made at `at` (epoch ms). */
export function idAt(at: number): string {
  return v7({ msecs: at });
}

/** A prediction whose id was made at its `createdAt`. */
export function samplePrediction(changes: Partial<PredictionRecord> = {}): PredictionRecord {
  const createdAt = changes.createdAt ?? Date.now();
  return {
    id: idAt(createdAt),
    model: 'iris',
    version: 1,
    status: 'completed',
    label: 'setosa',
    value: null,
    confidence: 0.9,
    probabilities: [
      { label: 'setosa', probability: 0.9 },
      { label: 'virginica', probability: 0.1 },
    ],
    detections: null,
    picture: null,
    features: { petal_length: 1.4, room: 'office', open: true, note: null },
    warnings: [{ code: 'OUT_OF_RANGE', feature: 'petal_length', message: 'below 0' }],
    createdAt,
    timings: { totalMs: 4.25, queueMs: 1.5, computeMs: 0.125, batchSize: 1 },
    error: null,
    requestId: 'request-1',
    subject: null,
    metadata: { floor: 3, tags: ['a', { b: null }] },
    ...changes,
  };
}

/** Each prediction as it comes to the store: the one row of a batch of its own. */
export function batchRows(predictions: readonly PredictionRecord[]): BatchRow[] {
  return predictions.map((prediction) => ({ batch: batchOf(prediction), row: 0 }));
}

/** The batch that has this prediction as its one row. */
export function batchOf({
  probabilities,
  detections,
  picture,
  requestId,
  subject,
  metadata,
  ...prediction
}: PredictionRecord) {
  const { timings } = prediction;
  const failed = prediction.status === 'failed' ? { code: 'INFERENCE_FAILED', message: 'no' } : null;
  return {
    v: 1 as const,
    batchId: prediction.id,
    model: prediction.model,
    version: prediction.version,
    at: prediction.createdAt + timings.totalMs,
    ids: [prediction.id],
    receivedAt: [prediction.createdAt],
    requests: [
      {
        ...(requestId !== null && { requestId }),
        ...(subject !== null && { subject }),
        ...(metadata !== null && { metadata: { ...metadata } }),
        ...(prediction.warnings.length > 0 && { warnings: [...prediction.warnings] }),
      },
    ],
    features: Object.fromEntries(Object.entries(prediction.features).map(([name, cell]) => [name, [cell]])),
    outputs: {
      label: [prediction.label],
      value: [prediction.value],
      confidence: [prediction.confidence],
      ...(probabilities !== null && {
        probabilities: {
          classes: probabilities.map(({ label }) => label),
          values: probabilities.map(({ probability }) => probability),
        },
      }),
      ...(detections !== null && { detections: [[...detections]] }),
    },
    ...(picture !== null && { pictures: [picture] }),
    errors: [prediction.error ?? failed],
    timings: { queueMs: [timings.queueMs], computeMs: timings.computeMs },
  };
}

/** One item of feedback on one prediction. */
export function sampleFeedback(
  prediction: PredictionRecord,
  truth: FeedbackBatch['items'][number]['truth'],
  { id, receivedAt = Date.now() }: { id?: string; receivedAt?: number } = {},
): FeedbackBatch {
  const item = {
    predictionId: prediction.id,
    version: 1,
    predictedAt: prediction.createdAt,
    predicted: {},
    truth,
  };
  return { v: 1, model: prediction.model, receivedAt, items: [{ ...item, id: id ?? idAt(receivedAt) }] };
}

export function sampleReport(
  changes: Partial<MonitorReport> & { measurements: MonitorReport['measurements'] },
): MonitorReport {
  return {
    v: 1,
    model: 'iris',
    version: 1,
    monitor: 'latency',
    at: Date.now(),
    window: { from: null, to: null, n: 0 },
    findings: [],
    settings: {},
    health: { status: 'ok', errors: 0, lastError: null, lagSeconds: 0 },
    ...changes,
  };
}

export function sampleMeasurement(changes: Partial<Measurement> = {}): Measurement {
  return { name: 'latency_seconds', labels: { quantile: '0.99' }, unit: 's', value: 1, n: 1, ...changes };
}

/** The transitions of one alert from pending to resolved, one second apart, as the state machine writes them. */
export function alertLife(
  changes: Partial<AlertTransition['alert']> = {},
): [AlertTransition, AlertTransition, AlertTransition, AlertTransition] {
  const startedAt = changes.startedAt ?? Date.now();
  const base = {
    id: idAt(startedAt),
    model: 'iris',
    version: 1,
    monitor: 'confidence',
    key: 'mean',
    severity: 'warning' as const,
    summary: 'the mean confidence is 0.61',
    value: 0.61,
    threshold: 0.7,
    startedAt,
    firedAt: null,
    resolvedAt: null,
    acknowledgedBy: null,
    ...changes,
  };
  const fired = { ...base, firedAt: startedAt + 1_000 };
  const acknowledged = { ...fired, acknowledgedBy: 'ada' };
  const resolved = { ...acknowledged, resolvedAt: startedAt + 3_000 };
  return [
    transition(null, 'pending', startedAt, base),
    transition('pending', 'firing', startedAt + 1_000, fired),
    transition('firing', 'acknowledged', startedAt + 2_000, acknowledged, { by: 'ada', comment: 'on it' }),
    transition('acknowledged', 'resolved', startedAt + 3_000, resolved),
  ];
}

function transition(
  from: AlertTransition['from'],
  to: AlertTransition['to'],
  at: number,
  alert: Omit<AlertTransition['alert'], 'state'>,
  { by = null, comment = null }: { by?: string | null; comment?: string | null } = {},
): AlertTransition {
  return {
    v: 1,
    id: idAt(at),
    from,
    to,
    at,
    by,
    comment,
    value: 0.61,
    notify: false,
    alert: { ...alert, state: to },
  };
}

// One prediction between the house and its table: how it is written as JSON and how a row is read.
import { z } from 'zod';
import { cellSchema, warningSchema } from '../events/prediction-batch.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import { epochMs } from './conditions.js';
import { predictionTimeMs } from './prediction-time.js';
import type { StoredPrediction } from './store.js';

/** What INSERT_PREDICTIONS reads; throws INVALID_INPUT for an id without a time. */
export function toPredictionRow(record: PredictionRecord) {
  return {
    created_at: predictionTimeMs(record.id),
    id: record.id,
    received_at: record.createdAt,
    model: record.model,
    version: record.version,
    status: record.status,
    label: record.label,
    value: record.value,
    confidence: record.confidence,
    probabilities: record.probabilities,
    features: record.features,
    warnings: record.warnings,
    total_ms: record.timings.totalMs,
    queue_ms: record.timings.queueMs,
    compute_ms: record.timings.computeMs,
    batch_size: record.timings.batchSize,
    error_code: record.error?.code ?? null,
    error_message: record.error?.message ?? null,
    request_id: record.requestId,
    subject: record.subject,
    metadata: record.metadata,
  };
}

/** `$1` is a JSON array of rows. In order of the key, so that two writers of the same rows wait and do not deadlock. */
export const INSERT_PREDICTIONS = `
  INSERT INTO predictions (created_at, id, received_at, model, version, status, label, value, confidence, probabilities,
    features, warnings, total_ms, queue_ms, compute_ms, batch_size, error_code, error_message, request_id, subject, metadata)
  SELECT to_timestamp(created_at / 1000), id, to_timestamp(received_at / 1000), model, version, status, label, value,
    confidence, probabilities, features, warnings, total_ms, queue_ms, compute_ms, batch_size, error_code, error_message,
    request_id, subject, metadata
  FROM jsonb_to_recordset($1::text::jsonb) AS r (created_at float8, id uuid, received_at float8, model text, version int,
    status text, label text, value float8, confidence float8, probabilities jsonb, features jsonb, warnings jsonb,
    total_ms float8, queue_ms float8, compute_ms float8, batch_size int, error_code text, error_message text,
    request_id text, subject text, metadata jsonb)
  ORDER BY created_at, id
  ON CONFLICT DO NOTHING`;

/** Columns of `p` (predictions) and `f` (its last feedback) as `predictionRowSchema` reads them. */
export const PREDICTION_COLUMNS = `
  ${epochMs('p.created_at')} AS id_time, p.id, p.model, p.version, p.status, p.label, p.value, p.confidence,
  p.probabilities, p.features, p.warnings, ${epochMs('p.received_at')} AS created_at, p.total_ms, p.queue_ms,
  p.compute_ms, p.batch_size, p.error_code, p.error_message, p.request_id, p.subject, p.metadata,
  f.label AS feedback_label, f.value AS feedback_value, ${epochMs('f.received_at')} AS feedback_received_at`;

/** Reads a row of PREDICTION_COLUMNS; `idTime` is the place in the log, epoch ms. */
export const predictionRowSchema = z
  .object({
    id_time: z.number(),
    id: z.string(),
    model: z.string(),
    version: z.int(),
    status: z.enum(['queued', 'running', 'completed', 'failed']),
    label: z.string().nullable(),
    value: z.number().nullable(),
    confidence: z.number().nullable(),
    probabilities: z.array(z.object({ label: z.string(), probability: z.number() })).nullable(),
    features: z.record(z.string(), cellSchema),
    warnings: z.array(warningSchema),
    created_at: z.number(),
    total_ms: z.number(),
    queue_ms: z.number(),
    compute_ms: z.number(),
    batch_size: z.int(),
    error_code: z.string().nullable(),
    error_message: z.string().nullable(),
    request_id: z.string().nullable(),
    subject: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()).nullable(),
    feedback_label: z.string().nullable(),
    feedback_value: z.number().nullable(),
    feedback_received_at: z.number().nullable(),
  })
  .transform((row): { idTime: number; prediction: StoredPrediction } => ({
    idTime: row.id_time,
    prediction: {
      id: row.id,
      model: row.model,
      version: row.version,
      status: row.status,
      label: row.label,
      value: row.value,
      confidence: row.confidence,
      probabilities: row.probabilities,
      features: row.features,
      warnings: row.warnings,
      createdAt: row.created_at,
      timings: {
        totalMs: row.total_ms,
        queueMs: row.queue_ms,
        computeMs: row.compute_ms,
        batchSize: row.batch_size,
      },
      error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
      requestId: row.request_id,
      subject: row.subject,
      metadata: row.metadata,
      feedback:
        row.feedback_received_at === null
          ? null
          : { label: row.feedback_label, value: row.feedback_value, receivedAt: row.feedback_received_at },
    },
  }));

// How a row of the prediction log is read.
import { z } from 'zod';
import { detectionSchema, pictureSchema, trueBoxSchema } from '../events/picture.js';
import { cellSchema, warningSchema } from '../events/prediction-batch.js';
import { epochMs } from './conditions.js';
import type { StoredPrediction } from './store.js';

/** Columns of `p` (predictions) and `f` (its last feedback) as `predictionRowSchema` reads them. */
export const PREDICTION_COLUMNS = `
  ${epochMs('p.created_at')} AS id_time, p.id, p.model, p.version, p.status, p.label, p.value, p.confidence,
  p.classes, p.scores, p.probabilities, p.features, p.warnings, ${epochMs('p.received_at')} AS created_at, p.total_ms, p.queue_ms,
  p.compute_ms, p.batch_size, p.error_code, p.error_message, p.request_id, p.subject, p.metadata,
  p.detections, p.picture, f.label AS feedback_label, f.value AS feedback_value, f.detections AS feedback_detections, ${epochMs('f.received_at')} AS feedback_received_at`;

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
    classes: z.array(z.string()).nullable(),
    scores: z.array(z.number()).nullable(),
    /** Of rows that were recorded before classes and scores were. */
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
    detections: z.array(detectionSchema).nullable(),
    picture: pictureSchema.nullable(),
    feedback_label: z.string().nullable(),
    feedback_value: z.number().nullable(),
    feedback_detections: z.array(trueBoxSchema).nullable(),
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
      probabilities:
        row.classes?.map((label, i) => ({ label, probability: row.scores?.[i] ?? 0 })) ?? row.probabilities,
      detections: row.detections,
      picture: row.picture,
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
          : {
              label: row.feedback_label,
              value: row.feedback_value,
              detections: row.feedback_detections,
              receivedAt: row.feedback_received_at,
            },
    },
  }));

// Reads the recorded log back as the events it was made of, in the order in which they happened.
import { z } from 'zod';
import type { FeedbackBatch } from '../events/feedback-batch.js';
import { detectionSchema, trueBoxSchema } from '../events/picture.js';
import type { PredictionBatch } from '../events/prediction-batch.js';
import { segmentsOf } from '../manifest/segment-by.js';
import { epochMs } from './conditions.js';
import { batchesOf } from './logged-batches.js';
import { PREDICTION_COLUMNS, predictionRowSchema } from './prediction-row.js';
import type { Sql } from './sql.js';
import type { LoggedEvent, LogQuery } from './store.js';

const ROWS = 1000;
const LABELS = 5000;

/**
 * Predictions by the time they were executed and labels by the time they came, page by page. Rows that were executed together
 * are one batch again as far as the log tells: it does not keep batch ids and trace ids. Errors are those of the store.
 */
export async function* readLog(sql: Sql, query: LogQuery): AsyncGenerator<LoggedEvent> {
  const labels = readLabels(sql, query);
  let label = await labels.next();
  for await (const batch of readBatches(sql, query)) {
    for (; label.done !== true && label.value.receivedAt < batch.at; label = await labels.next())
      yield { kind: 'feedback', batch: label.value };
    yield { kind: 'prediction', batch };
  }
  for (; label.done !== true; label = await labels.next()) yield { kind: 'feedback', batch: label.value };
}

const PREDICTIONS = `
  SELECT ${PREDICTION_COLUMNS}
  FROM predictions p CROSS JOIN (SELECT NULL::text AS label, NULL::float8 AS value, NULL::json AS detections, NULL::timestamptz AS received_at) f
  WHERE p.model = $1::text AND p.version = $2::int AND p.created_at <= to_timestamp($4::float8 / 1000)
    AND p.created_at >= to_timestamp($3::float8 / 1000) AND (p.created_at, p.id) > (to_timestamp($3::float8 / 1000), $5::uuid)
  ORDER BY p.created_at, p.id LIMIT ${ROWS}`;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

async function* readBatches(
  sql: Sql,
  { model, version, from, to }: LogQuery,
): AsyncGenerator<PredictionBatch> {
  let place = { at: from, id: BEFORE_ALL };
  let waiting: z.output<typeof predictionRowSchema>['prediction'][] = [];
  for (;;) {
    const rows = await sql.query(PREDICTIONS, [model, version, place.at, to, place.id], predictionRowSchema);
    const last = rows.at(-1);
    waiting.push(...rows.map(({ prediction }) => prediction));
    // Nothing is executed before it is asked for: what was executed before the last row came is complete.
    const isComplete = ({ at }: { at: number }) => last === undefined || at < last.idTime;
    const batches = batchesOf(waiting);
    yield* batches.filter(isComplete).map(({ batch }) => batch);
    waiting = batches.filter((one) => !isComplete(one)).flatMap(({ rows: held }) => held);
    if (last === undefined) return;
    place = { at: last.idTime, id: last.prediction.id };
  }
}

const FEEDBACK = `
  SELECT f.id, f.prediction_id, f.version, f.label, f.value, f.detections, p.label AS said_label, p.value AS said_value,
    p.detections AS said_detections, p.features, p.metadata,
    ${epochMs('f.received_at')} AS received_at, ${epochMs('p.received_at')} AS predicted_at
  FROM feedback f
  JOIN LATERAL (SELECT label, value, detections, received_at, features, metadata FROM predictions
    WHERE created_at = f.predicted_at AND id = f.prediction_id LIMIT 1) p ON true
  WHERE f.model = $1::text AND f.version = $2::int AND f.predicted_at >= to_timestamp($3::float8 / 1000)
    AND f.predicted_at <= to_timestamp($4::float8 / 1000) AND (f.received_at, f.id) > (to_timestamp($5::float8 / 1000), $6::text)
  ORDER BY f.received_at, f.id LIMIT ${LABELS}`;

const labelSchema = z.object({
  id: z.string(),
  prediction_id: z.string(),
  version: z.int(),
  label: z.string().nullable(),
  value: z.number().nullable(),
  detections: z.array(trueBoxSchema).nullable(),
  said_label: z.string().nullable(),
  said_value: z.number().nullable(),
  said_detections: z.array(detectionSchema).nullable(),
  features: z.record(z.string(), z.unknown()),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  received_at: z.number(),
  predicted_at: z.number(),
});

async function* readLabels(sql: Sql, query: LogQuery): AsyncGenerator<FeedbackBatch> {
  const { model, version, from, to } = query;
  let place = { at: 0, id: '' };
  for (;;) {
    const rows = await sql.query(FEEDBACK, [model, version, from, to, place.at, place.id], labelSchema);
    for (const row of rows) {
      const truth = answerOf(row.label, row.value, row.detections);
      const predicted = answerOf(row.said_label, row.said_value, row.said_detections);
      const { id, prediction_id: predictionId, predicted_at: predictedAt } = row;
      const segments = segmentsOf(query, row);
      const known = { id, predictionId, version: row.version, predictedAt, predicted, truth };
      const item = { ...known, ...(segments !== undefined && { segments }) };
      yield { v: 1, model, receivedAt: row.received_at, items: [item] };
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    place = { at: last.received_at, id: last.id };
  }
}

function answerOf<Box>(
  label: string | null,
  value: number | null,
  detections: Box[] | null,
): { label?: string; value?: number; detections?: Box[] } {
  return {
    ...(label !== null && { label }),
    ...(value !== null && { value }),
    ...(detections !== null && { detections }),
  };
}

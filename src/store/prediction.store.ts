// The prediction log: every prediction and every feedback once, read by id or as a list, newest first.
import { z } from 'zod';
import type { FeedbackBatch } from '../events/feedback-batch.js';
import { clampTime, createConditions, TIME, type Conditions } from './conditions.js';
import { sqlStateOf } from './database-errors.js';
import type { DayPartitions } from './day-partitions.js';
import {
  encodePredictions,
  INSERT_NEW_PREDICTIONS,
  INSERT_PREDICTIONS,
  RECORDED_TYPE,
} from './encode-predictions.js';
import { decodeCursor, toPage } from './page-cursor.js';
import { PREDICTION_COLUMNS, predictionRowSchema } from './prediction-row.js';
import { predictionTimeMs, uuidTimeMs } from './prediction-time.js';
import type { Sql } from './sql.js';
import { toStorableJson } from './storable-text.js';
import type { PredictionQuery, PredictionStore } from './store.js';
import { writeInChunks } from './write-in-chunks.js';

/** The prediction part of the store on these tables; errors are those of `toStoreError`. */
export function createPredictionStore(sql: Sql, partitions: DayPartitions): PredictionStore {
  let recordedType: number | undefined;
  return {
    record: (rows) =>
      writeInChunks(rows, async (chunk) => {
        recordedType ??= await typeNumber(sql);
        const { bytes, times } = encodePredictions(chunk, recordedType);
        try {
          await partitions.write('predictions', times, () => insert(sql, bytes));
        } catch (error) {
          // The database may be another one by now (restored, failed over), where the type has another number.
          recordedType = undefined;
          throw error;
        }
      }),
    recordFeedback: async (batches) =>
      writeInChunks(batches.flatMap(toFeedbackRows), (rows) => {
        const times = rows.map((row) => row.predicted_at);
        return partitions.write('feedback', times, () => sql.run(INSERT_FEEDBACK, [toStorableJson(rows)]));
      }),
    find: async (ids) => {
      // An id without a time was never recorded.
      const places = ids.flatMap((id) => {
        const at = uuidTimeMs(id);
        return at === undefined ? [] : [{ id, at }];
      });
      if (places.length === 0) return new Map();
      const rows = await sql.query(FIND, [JSON.stringify(places)], predictionRowSchema);
      const found = new Map(rows.map(({ prediction }) => [prediction.id, prediction]));
      return new Map(
        ids.flatMap((id) => {
          const prediction = found.get(id.toLowerCase());
          return prediction === undefined ? [] : [[id, prediction]];
        }),
      );
    },
    list: async (query, { first, after }) => {
      const conditions = conditionsOf(query);
      if (after !== undefined) {
        const { at, id } = decodeCursor(after, (text) => uuidTimeMs(text) !== undefined);
        conditions.add(`p.created_at <= ${TIME}`, at);
        conditions.add(`(p.created_at, p.id) < (${TIME}, ?::uuid)`, at, id);
      }
      const limit = conditions.value(first + 1);
      const rows = await sql.query(
        `SELECT ${PREDICTION_COLUMNS}
         FROM (SELECT * FROM predictions p ${conditions.where()} ORDER BY created_at DESC, id DESC LIMIT ${limit}::int) p
         ${LAST_FEEDBACK}
         ORDER BY p.created_at DESC, p.id DESC`,
        conditions.values,
        predictionRowSchema,
      );
      const page = toPage(rows, first, ({ idTime, prediction }) => ({ at: idTime, id: prediction.id }));
      return { ...page, items: page.items.map(({ cursor, item }) => ({ cursor, item: item.prediction })) };
    },
  };
}

async function insert(sql: Sql, bytes: Uint8Array): Promise<void> {
  try {
    await sql.run(INSERT_PREDICTIONS, [bytes]);
  } catch (error) {
    if (sqlStateOf(error) !== UNIQUE_VIOLATION) throw error;
    // Delivered a second time, which is rare.
    await sql.run(INSERT_NEW_PREDICTIONS, [bytes]);
  }
}

const UNIQUE_VIOLATION = '23505';

async function typeNumber(sql: Sql): Promise<number> {
  const [type] = await sql.query(RECORDED_TYPE, [], z.object({ number: z.number() }));
  if (type === undefined) throw new Error('The database lacks the type of recorded predictions.');
  return type.number;
}

/** Feedback of one prediction lies in one part, which the planner finds by `predicted_at` while it runs. */
const LAST_FEEDBACK = `
  LEFT JOIN LATERAL (
    SELECT label, value, detections, received_at FROM feedback
    WHERE predicted_at = p.created_at AND prediction_id = p.id
    ORDER BY received_at DESC, id DESC LIMIT 1
  ) f ON true`;

/** The LIMIT, which never cuts anything, keeps the planner from reading whole days to join them with a few ids. */
const FIND = `
  SELECT ${PREDICTION_COLUMNS}
  FROM jsonb_to_recordset($1::text::jsonb) AS place (id uuid, at float8)
  CROSS JOIN LATERAL (
    SELECT * FROM predictions WHERE created_at = to_timestamp(place.at / 1000) AND id = place.id LIMIT 1
  ) p
  ${LAST_FEEDBACK}`;

const INSERT_FEEDBACK = `
  INSERT INTO feedback (predicted_at, prediction_id, id, model, version, label, value, received_at, detections)
  SELECT to_timestamp(predicted_at / 1000), prediction_id, id, model, version, label, value, to_timestamp(received_at / 1000), detections
  FROM jsonb_to_recordset($1::text::jsonb) AS r (predicted_at float8, prediction_id uuid, id text, model text, version int,
    label text, value float8, received_at float8, detections json)
  ORDER BY predicted_at, prediction_id, id
  ON CONFLICT DO NOTHING`;

/** A client filters by the time a prediction shows; the id's time, by which the log is cut, lies this close to it. */
const ID_SKEW_MS = 60_000;

function conditionsOf(query: PredictionQuery): Conditions {
  const conditions = createConditions();
  const from = clampTime(query.from);
  const to = clampTime(query.to);
  conditions.add('p.model = ?::text', query.model);
  conditions.add('p.version = ?::int', query.version);
  conditions.add('left(p.label, 128) = left(?::text, 128) AND p.label = ?::text', query.label, query.label);
  conditions.add('p.status = ?::text', query.status);
  conditions.add(`p.created_at >= ${TIME} AND p.received_at >= ${TIME}`, from && from - ID_SKEW_MS, from);
  conditions.add(`p.created_at <= ${TIME} AND p.received_at <= ${TIME}`, to && to + ID_SKEW_MS, to);
  conditions.add('p.confidence >= ?::float8', query.minConfidence);
  conditions.add('p.confidence <= ?::float8', query.maxConfidence);
  if (query.hasFeedback !== undefined) {
    conditions.add(
      `${query.hasFeedback ? '' : 'NOT '}EXISTS
        (SELECT FROM feedback f WHERE f.predicted_at = p.created_at AND f.prediction_id = p.id)`,
    );
  }
  return conditions;
}

function toFeedbackRows({ model, receivedAt, items }: FeedbackBatch) {
  return items.map(({ id, predictionId, version, truth }) => ({
    predicted_at: predictionTimeMs(predictionId),
    prediction_id: predictionId,
    id,
    model,
    version,
    label: truth.label ?? null,
    value: truth.value ?? null,
    detections: truth.detections ?? null,
    received_at: receivedAt,
  }));
}

// Alerts as they stand and the history of each: every transition once, and an alert that only ever moves forward.
import { z } from 'zod';
import { alertSchema, alertStateSchema, type AlertTransition } from '../events/alert-transition.js';
import { clampTime, createConditions, epochMs, TIME } from './conditions.js';
import { decodeCursor, toPage } from './page-cursor.js';
import type { Sql } from './sql.js';
import { toStorableJson, toStorableText } from './storable-text.js';
import type { AlertQuery, AlertStore, StoredAlert } from './store.js';
import { writeInChunks } from './write-in-chunks.js';

/** The alert part of the store on these tables; errors are those of `toStoreError`. */
export function createAlertStore(sql: Sql): AlertStore {
  return {
    record: (transitions) =>
      writeInChunks(transitions, (chunk) => sql.run(RECORD, [toStorableJson(chunk.map(toRow))])),
    find: async (id) => {
      const [alert] = await sql.query(
        `${SELECT_ALERT} FROM alerts a ${HISTORY} WHERE a.id = $1::text`,
        [toStorableText(id)],
        storedAlertSchema,
      );
      return alert;
    },
    list: async (query, { first, after }) => {
      const conditions = conditionsOf(query);
      if (after !== undefined) {
        const { at, id } = decodeCursor(after, () => true);
        conditions.add(`(started_at, id) < (${TIME}, ?::text)`, at, id);
      }
      const limit = conditions.value(first + 1);
      const alerts = await sql.query(
        `${SELECT_ALERT}
         FROM (SELECT * FROM alerts ${conditions.where()} ORDER BY started_at DESC, id DESC LIMIT ${limit}::int) a
         ${HISTORY}
         ORDER BY a.started_at DESC, a.id DESC`,
        conditions.values,
        storedAlertSchema,
      );
      return toPage(alerts, first, ({ startedAt, id }) => ({ at: startedAt, id }));
    },
  };
}

/** Deletes resolved alerts that last changed before `cutoff` (epoch ms), and their transitions; open ones stay. */
export async function deleteOldAlerts(sql: Sql, cutoff: number): Promise<void> {
  await sql.run(`DELETE FROM alerts WHERE state = 'resolved' AND last_at < to_timestamp($1::float8 / 1000)`, [
    cutoff,
  ]);
}

/**
 * Transitions of one millisecond are put in the order of an alert's life: the monitor's clock and that of the process in
 * which a person acknowledges differ, and ids made by both do not sort by what happened first.
 */
const RANK: Readonly<Record<AlertTransition['to'], number>> = {
  pending: 0,
  firing: 1,
  acknowledged: 2,
  resolved: 3,
};

function toRow({ id, from, to, at, by, comment, value, alert }: AlertTransition) {
  return {
    transitionId: id,
    from_state: from,
    to_state: to,
    rank: RANK[to],
    at,
    by_whom: by,
    comment,
    transition_value: value,
    ...alert,
  };
}

/** One statement, so that an alert and its transitions are never seen apart. */
const RECORD = `
  WITH offered AS MATERIALIZED (
    SELECT r.*, r."transitionId" COLLATE "C" AS transition_id
    FROM jsonb_to_recordset($1::text::jsonb) AS r ("transitionId" text, from_state text, to_state text, rank int, at float8,
      by_whom text, comment text, transition_value float8, id text, model text, version int, monitor text, key text,
      severity text, state text, summary text, value float8, threshold float8, "startedAt" float8, "firedAt" float8,
      "resolvedAt" float8, "acknowledgedBy" text)
  ), moved AS (
    INSERT INTO alerts AS stored (id, model, version, monitor, key, severity, state, summary, value, threshold, started_at,
      fired_at, resolved_at, acknowledged_by, last_at, last_rank, last_transition_id)
    SELECT DISTINCT ON (id COLLATE "C") id, model, version, monitor, key, severity, state, summary, value, threshold,
      to_timestamp("startedAt" / 1000), to_timestamp("firedAt" / 1000), to_timestamp("resolvedAt" / 1000), "acknowledgedBy",
      to_timestamp(at / 1000), rank, transition_id
    FROM offered ORDER BY id COLLATE "C", at DESC, rank DESC, transition_id DESC
    ON CONFLICT (id) DO UPDATE SET severity = excluded.severity, state = excluded.state, summary = excluded.summary,
      version = excluded.version, value = excluded.value, threshold = excluded.threshold, fired_at = excluded.fired_at,
      resolved_at = excluded.resolved_at, acknowledged_by = excluded.acknowledged_by, last_at = excluded.last_at,
      last_rank = excluded.last_rank, last_transition_id = excluded.last_transition_id
    WHERE (stored.last_at, stored.last_rank, stored.last_transition_id)
      < (excluded.last_at, excluded.last_rank, excluded.last_transition_id)
  )
  INSERT INTO alert_transitions (id, alert_id, from_state, to_state, rank, at, by_whom, comment, value)
  SELECT transition_id, id, from_state, to_state, rank, to_timestamp(at / 1000), by_whom, comment, transition_value
  FROM offered ORDER BY transition_id
  ON CONFLICT DO NOTHING`;

const SELECT_ALERT = `
  SELECT a.id, a.model, a.version, a.monitor, a.key, a.severity, a.state, a.summary, a.value, a.threshold,
    ${epochMs('a.started_at')} AS "startedAt", ${epochMs('a.fired_at')} AS "firedAt",
    ${epochMs('a.resolved_at')} AS "resolvedAt", a.acknowledged_by AS "acknowledgedBy", h.history`;

const HISTORY = `
  CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object('from', t.from_state, 'to', t.to_state, 'at', ${epochMs('t.at')},
      'by', t.by_whom, 'comment', t.comment, 'value', t.value) ORDER BY t.at, t.rank, t.id), '[]') AS history
    FROM alert_transitions t WHERE t.alert_id = a.id
  ) h`;

const storedAlertSchema = alertSchema.extend({
  history: z.array(
    z.object({
      from: alertStateSchema.nullable(),
      to: alertStateSchema,
      at: z.number(),
      by: z.string().nullable(),
      comment: z.string().nullable(),
      value: z.number().nullable(),
    }),
  ),
}) satisfies z.ZodType<StoredAlert>;

function conditionsOf(query: AlertQuery) {
  const conditions = createConditions();
  conditions.add('model = ?::text', query.model);
  conditions.add('monitor = ?::text', query.monitor);
  conditions.add('state = ANY (?::text[])', query.states);
  if (query.minSeverity === 'critical') conditions.add(`severity = 'critical'`);
  conditions.add(`started_at >= ${TIME}`, clampTime(query.from));
  conditions.add(`started_at <= ${TIME}`, clampTime(query.to));
  return conditions;
}

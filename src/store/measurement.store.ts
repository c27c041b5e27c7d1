// What monitors measured, as series over time, raw or drawn together in steps.
import { z } from 'zod';
import { AppError } from '../errors.js';
import { clampTime, createConditions, epochMs, TIME } from './conditions.js';
import type { DayPartitions } from './day-partitions.js';
import type { Sql } from './sql.js';
import { toStorableJson } from './storable-text.js';
import type { MeasurementQuery, MeasurementSeries, MeasurementStore } from './store.js';
import { writeInChunks } from './write-in-chunks.js';

type Offered = Parameters<MeasurementStore['record']>[0][number];

/** `series` refuses with INVALID_INPUT to read more points than a chart can show; `from` and `to` belong to the range. */
export function createMeasurementStore(
  sql: Sql,
  partitions: DayPartitions,
  { maxPoints = 100_000 }: { maxPoints?: number } = {},
): MeasurementStore {
  return {
    record: (reports) =>
      writeInChunks(reports.flatMap(toRows), (rows) => {
        const times = rows.map((row) => row.at);
        return partitions.write('measurements', times, () => sql.run(INSERT, [toStorableJson(rows)]));
      }),
    series: async (query) => {
      const { text, values } = seriesSql(query, maxPoints + 1);
      const rows = await sql.query(text, values, pointSchema);
      if (rows.length > maxPoints) throw tooManyPoints(maxPoints);
      return toSeries(rows);
    },
  };
}

const INSERT = `
  INSERT INTO measurements (at, model, entry_id, ordinal, version, monitor, name, labels, unit, value, n)
  SELECT to_timestamp(at / 1000), model, entry_id, ordinal, version, monitor, name, labels, unit, value, n
  FROM jsonb_to_recordset($1::text::jsonb) AS r (at float8, model text, entry_id text, ordinal int, version int,
    monitor text, name text, labels jsonb, unit text, value float8, n bigint)
  ORDER BY at, model, entry_id, ordinal
  ON CONFLICT DO NOTHING`;

const pointSchema = z.object({
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  /** The labels as one text, by which rows of a series are told from the next. */
  series: z.string(),
  unit: z.string().nullable(),
  at: z.number(),
  value: z.number(),
  n: z.number(),
});

type Point = z.infer<typeof pointSchema>;

function seriesSql({ model, version, names, from, to, stepSeconds }: MeasurementQuery, limit: number) {
  const conditions = createConditions();
  conditions.add('model = ?::text', model);
  conditions.add('version = ?::int', version);
  conditions.add('name = ANY (?::text[])', names);
  conditions.add(`at >= ${TIME}`, clampTime(from));
  conditions.add(`at <= ${TIME}`, clampTime(to));
  const where = conditions.where();
  const step = stepSeconds === undefined ? undefined : `${conditions.value(stepSeconds)}::float8`;
  const points =
    step === undefined
      ? `SELECT name, labels, unit, ${epochMs('at')} AS at, value, n::float8 AS n FROM measurements ${where}`
      : `SELECT name, labels, unit, floor(extract(epoch FROM at)::float8 / ${step}) * ${step} * 1000 AS at,
           CASE WHEN sum(n) > 0 THEN sum(value * n) / sum(n) ELSE avg(value) END AS value, sum(n)::float8 AS n
         FROM measurements ${where} GROUP BY 1, 2, 3, 4`;
  const text = `SELECT name, labels, labels::text AS series, unit, at, value, n FROM (${points}) point
    ORDER BY name, series, unit, at LIMIT ${conditions.value(limit)}::int`;
  return { text, values: conditions.values };
}

function toSeries(rows: readonly Point[]): MeasurementSeries[] {
  const series = new Map<
    string,
    MeasurementSeries & { points: { at: number; value: number; n: number }[] }
  >();
  for (const { name, labels, series: text, unit, at, value, n } of rows) {
    const key = JSON.stringify([name, text, unit]);
    const known = series.get(key) ?? { name, labels, unit, points: [] };
    known.points.push({ at, value, n });
    series.set(key, known);
  }
  return [...series.values()];
}

function toRows({ entryId, report }: Offered) {
  return report.measurements.map(({ name, labels, unit, value, n }, ordinal) => ({
    at: report.at,
    model: report.model,
    entry_id: entryId,
    ordinal,
    version: report.version,
    monitor: report.monitor,
    name,
    labels,
    unit,
    value,
    n,
  }));
}

function tooManyPoints(maxPoints: number): AppError {
  const message = `the range holds more than ${maxPoints} points; ask for a longer step or a shorter range`;
  return new AppError('INVALID_INPUT', undefined, {
    details: { issues: [{ path: 'stepSeconds', message }] },
  });
}

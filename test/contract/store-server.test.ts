// What the store promises on a PostgreSQL server that goes away, comes back, or is shared by many processes.
import { tmpdir } from 'node:os';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PredictionRecord } from '../../src/events/prediction-record.js';
import { isDataError } from '../../src/store/database-errors.js';
import { tables } from '../../src/store/migrations/0001-tables.js';
import { openStore } from '../../src/store/open-store.js';
import { eventually } from '../support/eventually.js';
import {
  postgresAvailable,
  startPrivatePostgres,
  type PrivatePostgres,
} from '../support/private-postgres.js';
import { alertLife, batchRows, samplePrediction } from '../support/store-samples.js';

const available = postgresAvailable();

describe.skipIf(!available)(
  `the store on a server${available ? '' : ' (skipped: PostgreSQL is not installed)'}`,
  () => {
    const lines: string[] = [];
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
    const open = (databaseUrl: string, startTimeoutMs = 20_000) =>
      openStore({ databaseUrl, dataDir: tmpdir(), log, now: Date.now, startTimeoutMs });
    let postgres: PrivatePostgres;
    beforeAll(async () => {
      postgres = await startPrivatePostgres();
    });
    afterAll(() => postgres.stop());

    it.each(['kill', 'shutDown'] as const)(
      'answers UNAVAILABLE soon while the server is away, and works again after it (%s)',
      async (end) => {
        const store = await open(await postgres.createDatabase(`away_${end.toLowerCase()}`));
        const before = samplePrediction();
        await store.predictions.record(batchRows([before]));
        // Several connections, so that idle ones are lost too.
        await Promise.all(Array.from({ length: 8 }, () => store.ping(2_000)));
        await postgres[end]();
        for (const call of [
          () => store.predictions.find([before.id]),
          () => store.predictions.record(batchRows([samplePrediction()])),
          () => store.alerts.record(alertLife()),
          () => store.ping(500),
        ]) {
          const start = performance.now();
          await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
          // A connection may take a second to fail and a statement six; several in a row would be a chain.
          expect(performance.now() - start).toBeLessThan(5_000);
        }
        await postgres.restart();
        await eventually(() => store.ping(1_000).then(() => true));
        expect((await store.predictions.find([before.id])).get(before.id)?.id).toBe(before.id);
        await store.close();
      },
    );

    it('waits at the start for a server that comes', async () => {
      const url = await postgres.createDatabase('late');
      await postgres.shutDown();
      lines.length = 0;
      const opening = open(url);
      await eventually(() => lines.some((line) => line.includes('waiting for the database')));
      await postgres.restart();
      const store = await opening;
      await store.ping(1_000);
      await store.close();
    });

    it.each([
      ['a server that stays away', 'postgres://u:hunter2@127.0.0.1:1/db', '127.0.0.1:1/db'],
      ['no URL', 'hunter2 is no url', 'DATABASE_URL'],
    ])('gives up on %s and keeps the password to itself', async (_case, url, named) => {
      lines.length = 0;
      const failure = await open(url, 0).catch((error: unknown) => error);
      expect(String(failure)).toContain(named);
      expect(`${String(failure)} ${lines.join('')}`).not.toContain('hunter2');
    });

    it('gives up at once on a database that is not there', async () => {
      const url = new URL('/nothing', postgres.url).href;
      await expect(open(url)).rejects.toThrow(/nothing.*does not exist/);
    });

    it('makes its tables once when many processes start together', async () => {
      const url = await postgres.createDatabase('together');
      const stores = await Promise.all(Array.from({ length: 6 }, () => open(url)));
      const prediction = samplePrediction();
      await Promise.all(stores.map((store) => store.predictions.record(batchRows([prediction]))));
      for (const store of stores) expect((await store.predictions.find([prediction.id])).size).toBe(1);
      await Promise.all(stores.map((store) => store.close()));
    });

    it('shows what was recorded before its tables changed, and writes beside it', async () => {
      const url = await postgres.createDatabase('older');
      const createdAt = Date.UTC(2026, 0, 5, 12);
      const older = samplePrediction({ model: 'm', createdAt });
      const newer = samplePrediction({ model: 'm', createdAt: createdAt + 1 });
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(`${tables.script}
        CREATE TABLE vigie_migrations (number int PRIMARY KEY, name text, applied_at timestamptz DEFAULT now());
        INSERT INTO vigie_migrations (number, name) VALUES (1, 'tables')`);
      await insertAsBefore(client, older);
      const store = await open(url);
      await store.predictions.record(batchRows([newer]));
      const found = await store.predictions.find([older.id, newer.id]);
      for (const one of [older, newer]) expect(found.get(one.id)).toEqual({ ...one, feedback: null });
      const page = await store.predictions.list(
        { model: 'm', label: 'setosa' },
        { first: 5, after: undefined },
      );
      expect(page.items).toHaveLength(2);
      await store.close();
      await client.end();
    });

    it('writes on when the database was restored and numbers its types anew', async () => {
      const url = await postgres.createDatabase('restored');
      const store = await open(url);
      await store.predictions.record(batchRows([samplePrediction()]));
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query<{ columns: string }>(`
        SELECT string_agg(attname || ' ' || format_type(atttypid, NULL), ',' ORDER BY attnum) AS columns
        FROM pg_attribute WHERE attrelid = 'recorded_prediction_3'::regclass`);
      await client.query(
        `DROP TYPE recorded_prediction_3; CREATE TYPE recorded_prediction_3 AS (${rows[0]?.columns})`,
      );
      await client.end();
      const prediction = samplePrediction();
      const refusal = await store.predictions
        .record(batchRows([prediction]))
        .catch((error: unknown) => error);
      expect(isDataError(refusal)).toBe(false);
      await store.predictions.record(batchRows([prediction]));
      expect((await store.predictions.find([prediction.id])).size).toBe(1);
      await store.close();
    });

    it('refuses a database that a newer version has changed', async () => {
      const url = await postgres.createDatabase('newer');
      await (await open(url)).close();
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(`INSERT INTO vigie_migrations (number, name) VALUES (9999, 'from the future')`);
      await client.end();
      await expect(open(url)).rejects.toThrow(/migration 9999.*newer Vigie/);
    });
  },
);

/** A row of 5 January 2026 as it was written into the first tables. */
async function insertAsBefore(client: pg.Client, prediction: PredictionRecord): Promise<void> {
  const { timings } = prediction;
  await client.query(`
    SET TIME ZONE 'UTC';
    CREATE TABLE predictions_20260105 (LIKE predictions INCLUDING ALL);
    ALTER TABLE predictions ATTACH PARTITION predictions_20260105 FOR VALUES FROM ('2026-01-05') TO ('2026-01-06')`);
  await client.query(
    `INSERT INTO predictions VALUES (to_timestamp($1::float8 / 1000), $2, to_timestamp($1::float8 / 1000), $3, $4, $5, $6,
      $7, $8, $9, $10, $11, $12, $13, $14, $15, null, null, $16, $17, $18)`,
    [
      prediction.createdAt,
      prediction.id,
      prediction.model,
      prediction.version,
      prediction.status,
      prediction.label,
      prediction.value,
      prediction.confidence,
      JSON.stringify(prediction.probabilities),
      JSON.stringify(prediction.features),
      JSON.stringify(prediction.warnings),
      timings.totalMs,
      timings.queueMs,
      timings.computeMs,
      timings.batchSize,
      prediction.requestId,
      prediction.subject,
      JSON.stringify(prediction.metadata),
    ],
  );
}

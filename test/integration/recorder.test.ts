// The recorder, from real streams into a real database: everything once, nothing lost while either is away.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertTransitionCodec } from '../../src/events/alert-transition.js';
import { createEventWriter, type EventWriter } from '../../src/events/event-writer.js';
import { feedbackBatchCodec } from '../../src/events/feedback-batch.js';
import { monitorReportCodec } from '../../src/events/monitor-report.js';
import type { PredictionBatch } from '../../src/events/prediction-batch.js';
import { predictionBatchCodec } from '../../src/events/prediction-codec.js';
import { recordsOf } from '../../src/events/prediction-record.js';
import { createMetrics } from '../../src/metrics.js';
import { startRecorder, type Recorder } from '../../src/recorder/recorder.js';
import { connectRedis } from '../../src/redis/connect.js';
import { createKeys, parkedStreamOf } from '../../src/redis/keys.js';
import type { RedisConnections } from '../../src/redis/redis-client.js';
import { openStore } from '../../src/store/open-store.js';
import type { Store } from '../../src/store/store.js';
import { eventually } from '../support/eventually.js';
import {
  postgresAvailable,
  startPrivatePostgres,
  type PrivatePostgres,
} from '../support/private-postgres.js';
import { startPrivateRedis, type PrivateRedis } from '../support/private-redis.js';
import {
  alertLife,
  idAt,
  sampleFeedback,
  sampleMeasurement,
  samplePrediction,
  sampleReport,
} from '../support/store-samples.js';

const available = postgresAvailable();

describe.skipIf(!available)(
  `the recorder${available ? '' : ' (skipped: PostgreSQL is not installed)'}`,
  () => {
    const silent = pino({ level: 'silent' });
    let redisServer: PrivateRedis;
    let postgres: PrivatePostgres;
    let redis: RedisConnections;
    let store: Store;
    let events: EventWriter;
    beforeAll(async () => {
      [redisServer, postgres] = await Promise.all([startPrivateRedis(), startPrivatePostgres()]);
      redis = await connectRedis({ url: redisServer.url, log: silent });
      store = await openStore({ databaseUrl: postgres.url, dataDir: '', log: silent, now: Date.now });
      events = createEventWriter({ redis, log: silent, now: Date.now });
    });
    afterAll(async () => {
      await events.stop();
      await redis.close();
      await store.close();
      await Promise.all([redisServer.stop(), postgres.stop()]);
    });

    /** Streams of its own for a test, with a recorder on each call of `start`. */
    const place = (models = ['iris']) => {
      const keys = createKeys(randomUUID());
      const lines: string[] = [];
      const metrics = createMetrics();
      const start = (consumer = 'one'): Promise<Recorder> => {
        const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
        return startRecorder({ redis, keys, models, consumer, store, log, metrics });
      };
      return { keys, lines, metrics, start };
    };
    const recordedOf = async (ids: readonly string[]) => (await store.predictions.find(ids)).size;
    const unread = async (stream: string) => {
      const [group] = await redis.commands.xInfoGroups(stream);
      return group === undefined ? undefined : group.pending + group.lag;
    };

    it('records what comes on every stream of every model, and each row once however often it comes', async () => {
      const models = [`a-${randomUUID()}`, `b-${randomUUID()}`];
      const { keys, metrics, start } = place(models);
      const recorders = await Promise.all([start('one'), start('two')]);
      for (const model of models) {
        const streams = keys.model(model);
        const batch = batchOf(model, 3);
        const [id = ''] = batch.ids;
        const feedback = sampleFeedback(samplePrediction({ model, id }), { label: 'virginica' });
        for (let time = 0; time < 3; time += 1) {
          await events.append(streams.predictions, predictionBatchCodec.encode(batch));
          await events.append(streams.feedback, feedbackBatchCodec.encode(feedback));
          for (const transition of alertLife({ model, id: `alert-${model}` }))
            await events.append(streams.alerts, alertTransitionCodec.encode(transition));
        }
        await events.append(
          streams.measurements,
          monitorReportCodec.encode(sampleReport({ model, at: 5_000, measurements: [sampleMeasurement()] })),
        );
        await eventually(async () => {
          for (const stream of [
            streams.predictions,
            streams.feedback,
            streams.measurements,
            streams.alerts,
          ]) {
            expect(await unread(stream)).toBe(0);
          }
          return true;
        });
        const page = await store.predictions.list({ model }, { first: 100, after: undefined });
        expect(page.items.map(({ item }) => item.id).sort()).toEqual([...batch.ids].sort());
        expect(page.items.find(({ item }) => item.id === id)?.item.feedback?.label).toBe('virginica');
        expect(await store.alerts.find(`alert-${model}`)).toMatchObject({ state: 'resolved' });
        const [series] = await store.measurements.series({ model, from: 0, to: 10_000 });
        expect(series?.points).toEqual([{ at: 5_000, value: 1, n: 1 }]);
      }
      const counted = await metrics.recorded.get();
      expect(counted.values.find(({ labels }) => labels.kind === 'predictions')?.value).toBe(18);
      await Promise.all(recorders.map((recorder) => recorder.stop()));
    });

    it('parks a row that can never be stored, says which by id and not what is in it, and stores the others', async () => {
      const { keys, lines, metrics, start } = place();
      const poison = {
        ...batchOf('iris', 1),
        version: 2 ** 40,
        features: { secret: ['pa55'] },
        requests: [{ traceId: 'trace-7' }],
      };
      const noTime = { ...batchOf('iris', 1), ids: [randomUUID()] };
      // Longer than what an index holds: only the database knows that.
      const model = Array.from({ length: 300 }, () => randomUUID()).join('');
      const tooLong = { ...batchOf('iris', 1), model };
      const good = Array.from({ length: 20 }, () => batchOf('iris', 5));
      const stream = keys.model('iris').predictions;
      const batches = [...good.slice(0, 7), poison, ...good.slice(7, 9), noTime, tooLong, ...good.slice(9)];
      for (const batch of batches) await events.append(stream, predictionBatchCodec.encode(batch));
      const recorder = await start();
      await eventually(async () => (await unread(stream)) === 0);
      expect(await recordedOf(good.flatMap(({ ids }) => ids))).toBe(100);
      const said = lines.filter((line) => line.includes('it is parked'));
      expect(said).toHaveLength(3);
      expect(said[0]).toContain(poison.ids[0]);
      expect(said[0]).toContain('"traceId":"trace-7"');
      expect(said[1]).toContain(noTime.ids[0]);
      expect(lines.join('')).not.toContain('pa55');
      const parked = await redis.commands.xRange(parkedStreamOf(stream), '-', '+');
      expect(parked?.map(({ message }) => JSON.parse(message['e'] ?? '') as unknown)).toMatchObject([
        { id: poison.ids[0], features: { secret: 'pa55' } },
        { id: noTime.ids[0] },
        { id: tooLong.ids[0] },
      ]);
      expect(parked?.map(({ message }) => message['reason'])).toEqual([
        `row ${String(poison.ids[0])} refused: version: not a whole number of 32 bits`,
        `row ${String(noTime.ids[0])} refused: id: not a uuid of version 7`,
        `row ${String(tooLong.ids[0])} refused: 54000`,
      ]);
      expect((await metrics.streamParked.get()).values).toMatchObject([
        { labels: { stream: 'predictions', model: 'iris', group: 'recorder' }, value: 3 },
      ]);
      expect((await metrics.recorded.get()).values).toMatchObject([{ value: 100 }]);
      await recorder.stop();
    });

    it('reads back as what the worker said, whatever the batches', async () => {
      const { keys, start } = place();
      const mixed = [mixedBatch(1), mixedBatch(7), mixedBatch(1_000)];
      for (const batch of mixed)
        await events.append(keys.model('iris').predictions, predictionBatchCodec.encode(batch));
      const recorder = await start();
      const records = mixed.flatMap(recordsOf);
      const ids = records.map(({ id }) => id);
      await eventually(async () => (await recordedOf(ids)) === records.length);
      const found = await store.predictions.find(ids);
      for (const record of records) expect(found.get(record.id)).toEqual({ ...record, feedback: null });
      await recorder.stop();
    });

    it('records the other kinds while one has to wait', async () => {
      const { keys, start } = place();
      const streams = keys.model('iris');
      const batch = batchOf('iris', 3);
      const client = new pg.Client({ connectionString: postgres.url });
      await client.connect();
      await client.query('BEGIN; LOCK TABLE predictions IN ACCESS EXCLUSIVE MODE');
      const recorder = await start();
      const alert = randomUUID();
      await events.append(streams.predictions, predictionBatchCodec.encode(batch));
      for (const transition of alertLife({ id: alert }))
        await events.append(streams.alerts, alertTransitionCodec.encode(transition));
      const report = sampleReport({ at: 7_000, measurements: [sampleMeasurement()] });
      await events.append(streams.measurements, monitorReportCodec.encode(report));
      await eventually(async () => (await store.alerts.find(alert))?.state === 'resolved');
      await eventually(async () => (await unread(streams.measurements)) === 0);
      expect(await unread(streams.predictions)).toBe(1);
      await client.query('COMMIT');
      await client.end();
      await eventually(async () => (await recordedOf(batch.ids)) === 3, { timeoutMs: 20_000 });
      await recorder.stop();
    });

    it.each(['kill', 'shutDown'] as const)(
      'catches up to the last prediction when the database was away (%s)',
      async (end) => {
        const { keys, metrics, lines, start } = place();
        const stream = keys.model('iris').predictions;
        const recorder = await start();
        const batches = Array.from({ length: 60 }, () => batchOf('iris', 10));
        const send = async (from: number, to: number) => {
          for (const batch of batches.slice(from, to))
            await events.append(stream, predictionBatchCodec.encode(batch));
        };
        const sending = send(0, 30);
        await postgres[end]();
        await sending;
        await eventually(async () => ((await metrics.recorderErrors.get()).values[0]?.value ?? 0) > 0);
        await send(30, 50);
        await postgres.restart();
        await send(50, 60);
        const ids = batches.flatMap((batch) => batch.ids);
        await eventually(async () => (await recordedOf(ids)) === 600, { timeoutMs: 20_000 });
        await eventually(async () => (await unread(stream)) === 0);
        expect(lines.join('')).not.toContain('it is parked');
        await recorder.stop();
      },
    );

    it('leaves what it could not write to the one that starts after it', async () => {
      const { keys, metrics, start } = place();
      const stream = keys.model('iris').predictions;
      const batch = batchOf('iris', 10);
      await postgres.shutDown();
      const first = await start('same');
      await events.append(stream, predictionBatchCodec.encode(batch));
      await eventually(async () => ((await metrics.recorderErrors.get()).values[0]?.value ?? 0) > 0);
      await first.stop();
      await postgres.restart();
      const second = await start('same');
      await eventually(async () => (await recordedOf(batch.ids)) === 10);
      await second.stop();
    });

    it('goes on when Redis was killed and started again', async () => {
      const { keys, start } = place();
      const stream = keys.model('iris').predictions;
      const recorder = await start();
      const [before, after] = [batchOf('iris', 10), batchOf('iris', 10)];
      await events.append(stream, predictionBatchCodec.encode(before));
      await redisServer.kill();
      await redisServer.restart();
      await eventually(() => events.append(stream, predictionBatchCodec.encode(after)).then(() => true));
      await eventually(async () => (await recordedOf([...before.ids, ...after.ids])) === 20, {
        timeoutMs: 20_000,
      });
      await recorder.stop();
    });
  },
);

/** Rows of every kind of cell, failed ones among them, and texts of more than one byte a character. */
function mixedBatch(rows: number): PredictionBatch {
  const at = Date.now();
  const column = <T>(value: (row: number) => T) => Array.from({ length: rows }, (_, row) => value(row));
  const failed = (row: number) => row % 5 === 3;
  return {
    ...batchOf('iris', rows),
    at,
    receivedAt: column((row) => at - row / 8),
    requests: column((row) => ({
      ...(row % 2 === 0 && { requestId: `öffnen ${row}`, subject: 's'.repeat(row), traceId: 't' }),
      ...(row % 3 === 0 && { metadata: { floor: row, tags: ['ä', { deep: [null, 1e-7] }] } }),
      ...(row % 4 === 0 && {
        warnings: [{ code: 'MISSING_VALUE' as const, feature: 'note', message: `row ${row}` }],
      }),
    })),
    features: {
      length: column((row) => (row % 7 === 6 ? null : row / 7 - 3)),
      'the "note"': column((row) => (row % 3 === 0 ? null : `"${row}"\n☂`)),
      open: column((row) => row % 2 === 0),
    },
    outputs: {
      label: column((row) => (failed(row) ? null : `klasse ${row % 3} ü`)),
      confidence: column((row) => (failed(row) ? null : 1 / (row + 1))),
      value: column((row) => (failed(row) ? null : -(row + 1) * 1e-300)),
      probabilities: { classes: ['a', 'b"', 'ü'], values: column((row) => [1 / (row + 3), 0, 1]).flat() },
    },
    errors: column((row) => (failed(row) ? { code: 'INFERENCE_FAILED', message: 'no ☂' } : null)),
    timings: { queueMs: column((row) => row / 3), computeMs: 1 / 3 },
  };
}

function batchOf(model: string, rows: number): PredictionBatch {
  const at = Date.now();
  const column = <T>(value: T) => Array.from({ length: rows }, () => value);
  return {
    v: 1,
    batchId: randomUUID(),
    model,
    version: 1,
    at,
    ids: column(0).map(() => idAt(at)),
    receivedAt: column(at),
    requests: column({}),
    features: { petal_length: column(1.4) },
    outputs: { label: column('setosa'), confidence: column(0.9) },
    errors: column(null),
    timings: { queueMs: column(0.5), computeMs: 0.25 },
  };
}

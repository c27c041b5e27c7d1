// The recorder, from real streams into a real database: everything once, nothing lost while either is away.
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventWriter, type EventWriter } from '../../src/events/event-writer.js';
import type { PredictionBatch } from '../../src/events/prediction-batch.js';
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
          await events.append(streams.predictions, batch);
          await events.append(streams.feedback, feedback);
          for (const transition of alertLife({ model, id: `alert-${model}` }))
            await events.append(streams.alerts, transition);
        }
        await events.append(
          streams.measurements,
          sampleReport({ model, at: 5_000, measurements: [sampleMeasurement()] }),
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
      const good = Array.from({ length: 20 }, () => batchOf('iris', 5));
      const stream = keys.model('iris').predictions;
      for (const batch of [...good.slice(0, 7), poison, ...good.slice(7, 9), noTime, ...good.slice(9)]) {
        await events.append(stream, batch);
      }
      const recorder = await start();
      await eventually(async () => (await unread(stream)) === 0);
      expect(await recordedOf(good.flatMap(({ ids }) => ids))).toBe(100);
      const said = lines.filter((line) => line.includes('it is parked'));
      expect(said).toHaveLength(2);
      expect(said[0]).toContain(poison.ids[0]);
      expect(said[0]).toContain('"traceId":"trace-7"');
      expect(said[1]).toContain(noTime.ids[0]);
      expect(lines.join('')).not.toContain('pa55');
      const parked = await redis.commands.xRange(parkedStreamOf(stream), '-', '+');
      expect(parked?.map(({ message }) => JSON.parse(message['e'] ?? '') as unknown)).toMatchObject([
        { id: poison.ids[0], features: { secret: 'pa55' } },
        { id: noTime.ids[0] },
      ]);
      expect(parked?.[0]?.message['reason']).toBe(`row ${String(poison.ids[0])} refused: 22003`);
      expect((await metrics.streamParked.get()).values).toMatchObject([
        { labels: { stream: 'predictions', model: 'iris', group: 'recorder' }, value: 2 },
      ]);
      expect((await metrics.recorded.get()).values).toMatchObject([{ value: 100 }]);
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
          for (const batch of batches.slice(from, to)) await events.append(stream, batch);
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
      await events.append(stream, batch);
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
      await events.append(stream, before);
      await redisServer.kill();
      await redisServer.restart();
      await eventually(() => events.append(stream, after).then(() => true));
      await eventually(async () => (await recordedOf([...before.ids, ...after.ids])) === 20, {
        timeoutMs: 20_000,
      });
      await recorder.stop();
    });
  },
);

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

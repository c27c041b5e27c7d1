// The serving rooms of API processes side by side on one Redis, with a worker that counts what it is given.
import { createEventWriter } from '../../src/events/event-writer.js';
import { predictionBatchCodec } from '../../src/events/prediction-codec.js';
import type { PredictionBatch } from '../../src/events/prediction-batch.js';
import { recordsOf, type PredictionRecord } from '../../src/events/prediction-record.js';
import { createInference } from '../../src/inference/create-inference.js';
import { createMetrics } from '../../src/metrics.js';
import { createProducer } from '../../src/queue/producer.js';
import { createKeys } from '../../src/redis/keys.js';
import type { Registry } from '../../src/registry/registry.js';
import { createServing } from '../../src/serving/create-serving.js';
import { startDispatch } from '../../src/serving/dispatch.js';
import { createRecentPredictions } from '../../src/serving/recent-predictions.js';
import { createRequestIds } from '../../src/serving/request-ids.js';
import type { Serving } from '../../src/serving/serving.js';
import { createPredictWorker } from '../../src/workers/predict.worker.js';
import { startWorkerHost } from '../../src/workers/worker-host.js';
import { openRedisRoom, silent, type RedisRoom } from './redis-room.js';
import { sessionThreadUrl } from './session-thread-url.js';

export interface ServingRoom {
  readonly room: RedisRoom;
  readonly keys: ReturnType<typeof createKeys>;
  /** Rows of each batch that ran, in order. */
  readonly ran: readonly number[];
  /** The text of `/metrics` of all processes together. */
  metrics(): Promise<string>;
  /** One more API process. */
  startServing(): Promise<Serving>;
  close(): Promise<void>;
}

/** Starts Redis and the worker; `registry` is what both sides know. */
export async function openServingRoom(registry: Registry, prefix: string): Promise<ServingRoom> {
  const room = await openRedisRoom();
  const { redis } = room;
  const keys = createKeys(prefix);
  const metrics = createMetrics();
  const log = silent;
  const now = Date.now;
  const producer = createProducer({ redis, keys });
  const writer = createEventWriter({ redis, log, now });
  const inference = await createInference({
    threads: 1,
    memoryBytes: 2 ** 30,
    log,
    metrics,
    threadUrl: sessionThreadUrl,
  });
  const models = registry.models().map(({ manifest }) => manifest.name);
  const ran: number[] = [];
  const counting: typeof inference = {
    ...inference,
    run: (model, features, rows) => {
      ran.push(rows);
      return inference.run(model, features, rows);
    },
  };
  const findModel = (name: string, number: number) => {
    const { model, version } = registry.version(name, number);
    const { onnxPath, facts } = version;
    return { manifest: model.manifest, version: number, onnxPath, sha256: facts.sha256 };
  };
  const host = await startWorkerHost<'inference'>({
    queue: 'inference-cpu',
    handlers: {
      predict: createPredictWorker({ findModel, inference: counting, writer, keys, now, log, metrics }),
    },
    redis,
    keys,
    concurrency: 4,
    log,
    metrics,
  });
  const stops = [() => host.stop(), () => inference.close()];
  // Stands for the record in Postgres, which all processes read.
  const recorded = new Map<string, PredictionRecord>();
  let processes = 0;
  return {
    room,
    keys,
    ran,
    metrics: () => metrics.registry.metrics(),
    async startServing() {
      const processId = `process-${++processes}`;
      let ids = 0;
      const createId = () => `${processId}-${++ids}`;
      const recent = createRecentPredictions({ redis, keys, producer });
      const onAnswer = (batch: PredictionBatch, posted: boolean) => {
        for (const record of recordsOf(batch)) recorded.set(record.id, record);
        recent.remember(batch, posted);
      };
      const shared = { redis, keys, producer, createId, now, log, metrics };
      const dispatch = await startDispatch({ ...shared, models, processId, onAnswer });
      stops.unshift(() => dispatch.stop());
      return createServing({
        ...shared,
        registry,
        dispatch,
        recent,
        requestIds: createRequestIds({ redis, keys }),
        lookUp: async (id) => recorded.get(id) ?? (await recent.find(id)),
        record: (model, batch) =>
          writer.append(keys.model(model).predictions, predictionBatchCodec.encode(batch)),
        slots: () => 1,
        waitingJobs: () => 0,
        urgentJobs: () => 0,
        pseudonymise: (subject) => subject,
        maxWaitingRows: 5000,
        maxRowsPerClient: 2000,
        // However slow the machine is.
        maxWaitMs: 60_000,
        maxPictureWaitMs: 60_000,
        threads: () => 1,
        findPicture: () => Promise.reject(new Error('there are no pictures here')),
      });
    },
    async close() {
      for (const stop of stops) await stop();
      await writer.stop();
      await producer.close();
      await room.close();
    },
  };
}

// An answer that crosses the deadline is given, and any other prediction is late under an id that can be looked up.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PredictionRecord } from '../../src/events/prediction-record.js';
import { createMetrics } from '../../src/metrics.js';
import { createProducer } from '../../src/queue/producer.js';
import { createKeys } from '../../src/redis/keys.js';
import { loadRegistry } from '../../src/registry/load-registry.js';
import type { Registry } from '../../src/registry/registry.js';
import { createServing } from '../../src/serving/create-serving.js';
import type { Dispatch } from '../../src/serving/dispatch.js';
import { createRecentPredictions } from '../../src/serving/recent-predictions.js';
import { createRequestIds } from '../../src/serving/request-ids.js';
import { CLEAR_IRIS } from '../support/api-client.js';
import { openRedisRoom, silent, type RedisRoom } from '../support/redis-room.js';
import { batchOf, samplePrediction } from '../support/store-samples.js';

const keys = createKeys('late-answer');
let room: RedisRoom;
let registry: Registry;

beforeAll(async () => {
  [room, registry] = await Promise.all([openRedisRoom(), loadRegistry({ modelsDir: 'models', log: silent })]);
});
afterAll(() => room.close());

/** Predicts with a queue whose answer, where there is one, is noted while nobody tells the row about it. */
function predictWith(answer: PredictionRecord | undefined) {
  const { redis } = room;
  const recent = createRecentPredictions({ redis, keys, producer: createProducer({ redis, keys }) });
  const dispatch: Dispatch = {
    send: () => {
      if (answer !== undefined) recent.remember(batchOf(answer), false);
      return new Promise(() => undefined);
    },
    post: () => Promise.reject(new Error('nothing is submitted here')),
    stop: () => Promise.resolve(),
  };
  const serving = createServing({
    registry,
    redis,
    dispatch,
    requestIds: createRequestIds({ redis, keys }),
    recent,
    lookUp: () => Promise.resolve(undefined),
    slots: () => 1,
    urgentJobs: () => 0,
    record: () => Promise.resolve(),
    waitingJobs: () => 0,
    pseudonymise: (subject) => subject,
    maxWaitingRows: 10,
    maxRowsPerClient: 10,
    maxWaitMs: 500,
    maxPictureWaitMs: 60_000,
    threads: () => 1,
    findPicture: () => Promise.reject(new Error('there are no pictures here')),
    createId: () => 'p1',
    now: Date.now,
    metrics: createMetrics(),
  });
  return serving.predict({
    model: 'iris-classifier',
    features: CLEAR_IRIS,
    deadlineMs: 50,
    traceId: 't',
  });
}

const error = { code: 'INFERENCE_FAILED', message: 'poison' };

it('answers what came while the deadline passed', async () => {
  const made = samplePrediction({ id: 'p1' });
  await expect(predictWith(made)).resolves.toEqual(made);
});

it.each([
  ['nobody knows', undefined],
  ['failed', samplePrediction({ id: 'p1', status: 'failed', error })],
  ['is another', samplePrediction({ id: 'p2' })],
])('says DEADLINE_EXCEEDED, with the id to look up later, of a prediction that %s', async (_name, answer) => {
  await expect(predictWith(answer)).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    retryable: true,
    details: { predictionId: 'p1' },
  });
});

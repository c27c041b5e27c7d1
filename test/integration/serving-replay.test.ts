// A request with a requestId is safe to send again: whatever became of the first attempt, there is one prediction.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/metrics.js';
import { createProducer, type Producer } from '../../src/queue/producer.js';
import { createKeys } from '../../src/redis/keys.js';
import { loadRegistry } from '../../src/registry/load-registry.js';
import type { Registry } from '../../src/registry/registry.js';
import { createServing } from '../../src/serving/create-serving.js';
import { startDispatch, type Dispatch } from '../../src/serving/dispatch.js';
import { createRecentPredictions } from '../../src/serving/recent-predictions.js';
import { createRequestIds } from '../../src/serving/request-ids.js';
import type { PredictRequest, Serving } from '../../src/serving/serving.js';
import { CLEAR_IRIS } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { openRedisRoom, silent, type RedisRoom } from '../support/redis-room.js';

const keys = createKeys('replay');
const metrics = createMetrics();
let ids = 0;
let waitingJobs = 0;
let urgentJobs = 0;
let room: RedisRoom;
let registry: Registry;
let producer: Producer;
let dispatch: Dispatch;
let serving: Serving;

beforeAll(async () => {
  [room, registry] = await Promise.all([openRedisRoom(), loadRegistry({ modelsDir: 'models', log: silent })]);
  const { redis } = room;
  const createId = () => `p${++ids}`;
  producer = createProducer({ redis, keys });
  const recent = createRecentPredictions({ redis, keys, producer });
  dispatch = await startDispatch({
    redis,
    keys,
    models: ['iris-classifier'],
    producer,
    processId: 'this',
    createId,
    now: Date.now,
    log: silent,
    metrics,
    onAnswer: (batch, posted) => recent.remember(batch, posted),
  });
  serving = createServing({
    registry,
    redis,
    dispatch,
    requestIds: createRequestIds({ redis, keys }),
    recent,
    lookUp: (id) => recent.find(id),
    slots: () => 1,
    urgentJobs: () => urgentJobs,
    record: () => Promise.resolve(),
    waitingJobs: () => waitingJobs,
    pseudonymise: (subject) => subject,
    maxWaitingRows: 10,
    maxRowsPerClient: 10,
    maxWaitMs: 500,
    maxPictureWaitMs: 60_000,
    threads: () => 1,
    findPicture: () => Promise.reject(new Error('there are no pictures here')),
    createId,
    now: Date.now,
    metrics,
  });
});

beforeEach(() => {
  waitingJobs = 0;
  urgentJobs = 0;
});

afterAll(async () => {
  await dispatch.stop();
  await producer.close();
  await room.close();
});

const requestWith = (requestId: string): PredictRequest => ({
  model: 'iris-classifier',
  features: CLEAR_IRIS,
  requestId,
  traceId: 't',
});
const jobExists = (id: string) => room.redis.commands.exists(`${keys.queues}:inference-cpu:${id}`);

describe('a submission', () => {
  it('that was claimed and then lost on the way to the queue is put there by the retry, under its first id', async () => {
    const request = requestWith('lost-on-the-way');
    // What a process leaves behind that dies, or loses Redis, between its claim and its job.
    const claim = { owner: 'lost-owner', deadlineAt: Date.now() + 10_000 };
    await createRequestIds({ redis: room.redis, keys }).claim(request, 'lost-on-the-way', claim);
    await expect(serving.submit(request)).resolves.toEqual({ id: 'lost-owner', status: 'queued' });
    expect(await jobExists('lost-owner')).toBe(1);
    await expect(serving.recent('lost-owner')).resolves.toMatchObject({ status: 'queued' });
  });

  it('sent five times at once is one job', async () => {
    const tickets = await Promise.all(Array.from({ length: 5 }, () => serving.submit(requestWith('five'))));
    const distinct = new Set(tickets.map(({ id }) => id));
    expect(distinct.size).toBe(1);
    expect(await jobExists(tickets[0]?.id ?? '')).toBe(1);
  });

  it('is refused while the queue of all processes is full, and so is a prediction only when what is awaited fills it', async () => {
    const full = { code: 'OVERLOADED', details: { retryAfterMs: 1000 } };
    waitingJobs = 10;
    await expect(serving.submit(requestWith('full'))).rejects.toMatchObject(full);
    // Taken, though nobody works here.
    await expect(
      serving.predict({ ...requestWith('past-the-backlog'), deadlineMs: 300 }),
    ).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    urgentJobs = 10;
    await expect(serving.predict(requestWith('full-too'))).rejects.toMatchObject(full);
    waitingJobs = 0;
    await expect(serving.submit(requestWith('full'))).resolves.toMatchObject({ status: 'queued' });
  });
});

describe('a prediction', () => {
  it('lost with Redis is made again by the retry under its first id, without waiting for the lost one', async () => {
    const request = requestWith('lost-with-redis');
    const first = serving.predict({ ...request, deadlineMs: 60_000 });
    const refused = first.then(
      () => undefined,
      (error: unknown) => error as { code: string; details: { predictionId: string } },
    );
    await eventually(async () => (await producer.counts()).get('inference-cpu')?.waiting);
    await room.server.kill();
    const lost = await refused;
    expect(lost).toMatchObject({ code: 'UNAVAILABLE' });
    await room.server.restart();
    await eventually(() => room.redis.ready());

    // Nobody works here, so the second attempt meets its deadline; what counts is that it left under the same id.
    await expect(serving.predict({ ...request, deadlineMs: 300 })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      details: { predictionId: lost?.details.predictionId },
    });
    const jobs = (await producer.counts()).get('inference-cpu')?.waiting ?? 0;
    expect(jobs).toBeGreaterThanOrEqual(2);
  });
});

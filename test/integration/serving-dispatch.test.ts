// Rows leave as jobs and their answers find them again, each row its own, also when Redis is lost and comes back empty.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppError } from '../../src/errors.js';
import { recordsOf, type PredictionRecord } from '../../src/events/prediction-record.js';
import { createMetrics } from '../../src/metrics.js';
import type { JobPayload } from '../../src/queue/catalogue.js';
import { predictReplyCodec, type PredictReply } from '../../src/queue/predict-reply.js';
import { createProducer, type Producer } from '../../src/queue/producer.js';
import { createKeys } from '../../src/redis/keys.js';
import { startDispatch, type Dispatch, type Target } from '../../src/serving/dispatch.js';
import { waitForAll, type Outcome, type Row } from '../../src/serving/row.js';
import { startWorkerHost } from '../../src/workers/worker-host.js';
import { eventually } from '../support/eventually.js';
import { openRedisRoom, silent, type RedisRoom } from '../support/redis-room.js';

const target: Target = { model: 'm', version: 3, queue: 'inference-cpu', featureNames: ['a'] };
const keys = createKeys('dispatch');
const replies = (processId: string) => keys.model('m').replies(processId);

let room: RedisRoom;
let producer: Producer;
let dispatch: Dispatch;
let answered: PredictionRecord[];
let ids = 0;
/** Moved by tests that wait for something to be forgotten. */
let aheadMs: number;
const now = () => Date.now() + aheadMs;
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  aheadMs = 0;
  answered = [];
  room = await openRedisRoom();
  producer = createProducer({ redis: room.redis, keys });
  dispatch = await startDispatchAs('this');
});

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  await producer.close();
  await room.close();
});

async function startDispatchAs(processId: string): Promise<Dispatch> {
  const started = await startDispatch({
    redis: room.redis,
    keys,
    models: ['m'],
    producer,
    processId,
    createId: () => `batch-${++ids}`,
    now,
    log: silent,
    metrics: createMetrics(),
    onAnswer: (batch) => answered.push(...recordsOf(batch)),
  });
  stops.push(() => started.stop());
  return started;
}

type Work = (payload: JobPayload<'predict'>) => Promise<PredictReply>;

/** Answers every row with its own feature as the label. */
const echo: Work = ({ batchId, ids: rows, features }) =>
  Promise.resolve({
    v: 1,
    batchId,
    at: now(),
    outputs: { label: (features['a'] ?? []).map(String), confidence: rows.map(() => 1) },
    errors: rows.map(() => null),
    timings: { queueMs: rows.map(() => 0), computeMs: 1 },
  });

async function startWorker(work: Work = echo): Promise<{ readonly executed: string[][] }> {
  const executed: string[][] = [];
  const host = await startWorkerHost<'inference'>({
    queue: 'inference-cpu',
    handlers: {
      predict: async (payload) => {
        executed.push(payload.ids);
        const [field, reply] = predictReplyCodec.encode(await work(payload));
        await room.redis.commands.xAdd(replies(payload.replyTo), '*', { [field]: reply });
      },
    },
    redis: room.redis,
    keys,
    concurrency: 4,
    log: silent,
    metrics: createMetrics(),
  });
  stops.push(() => host.stop());
  return { executed };
}

// Longer than a test may take: what settles earlier was settled for another reason.
const FAR_MS = 120_000;

function rowOf(a: string, deadlineMs = FAR_MS): Row {
  const receivedAt = now();
  return { id: `row-${a}`, features: { a }, request: {}, receivedAt, deadlineAt: receivedAt + deadlineMs };
}
/** Sends one batch; `answers` settle row by row, `sent` when the batch is over. */
function send(names: readonly string[], { via = dispatch, deadlineMs = FAR_MS } = {}) {
  const { rows, outcomes } = waitForAll(
    names.map((name) => rowOf(name, deadlineMs)),
    now,
  );
  return { answers: outcomes, sent: via.send(target, rows) };
}
const labels = async (answers: Promise<readonly Outcome[]>): Promise<unknown[]> =>
  (await answers).map((outcome) => (outcome instanceof AppError ? outcome : outcome.label));
const waitingJobs = async () => (await producer.counts()).get('inference-cpu')?.waiting;

/** Redis dies and comes back with nothing of what it held. */
async function loseEverything(): Promise<void> {
  await room.server.kill();
  await eventually(() => !room.redis.ready());
  const names = await readdir(room.server.dir);
  await Promise.all(names.map((name) => rm(join(room.server.dir, name), { recursive: true })));
  await room.server.restart();
  await eventually(() => room.redis.ready());
}

it('settles every row of every batch with its own answer, whichever comes back first', async () => {
  let releaseFirst: () => void = () => undefined;
  const first = new Promise<void>((resolve) => (releaseFirst = resolve));
  await startWorker(async (payload) => {
    if (payload.ids.includes('row-a')) await first;
    return await echo(payload);
  });
  const slow = send(['a', 'b', 'c']);
  const quick = send(['x', 'y']);
  expect(await labels(quick.answers)).toEqual(['x', 'y']);
  await quick.sent;
  releaseFirst();
  expect(await labels(slow.answers)).toEqual(['a', 'b', 'c']);
  await slow.sent;
  expect(answered.map(({ id, label, model, version }) => ({ id, label, model, version }))).toEqual(
    ['x', 'y', 'a', 'b', 'c'].map((a) => ({ id: `row-${a}`, label: a, model: 'm', version: 3 })),
  );
});

it('gives a row that failed its error, and the others their answers', async () => {
  await startWorker(async (payload) => {
    const reply = await echo(payload);
    return { ...reply, errors: [null, { code: 'INFERENCE_FAILED', message: 'poison' }, null] };
  });
  const { answers } = send(['a', 'b', 'c']);
  const records = await answers;
  expect(records).toMatchObject([{ status: 'completed' }, { status: 'failed' }, { status: 'completed' }]);
  expect(records[1]).toMatchObject({ id: 'row-b', error: { code: 'INFERENCE_FAILED', message: 'poison' } });
});

it('answers the process that asked and no other', async () => {
  const other = await startDispatchAs('other');
  await startWorker();
  const mine = send(['a']);
  const theirs = send(['b'], { via: other });
  expect(await labels(mine.answers)).toEqual(['a']);
  expect(await labels(theirs.answers)).toEqual(['b']);
  expect(await room.redis.commands.xLen(replies('this'))).toBe(1);
  expect(await room.redis.commands.xLen(replies('other'))).toBe(1);
});

it('rejects what is under way at once when Redis is lost, and what comes after, each row with its id', async () => {
  const { answers, sent } = send(['a', 'b']);
  await eventually(async () => (await waitingJobs()) === 1);
  await room.server.kill();
  await sent;
  const late = send(['c']);
  await late.sent;
  for (const [i, answer] of [...(await answers), ...(await late.answers)].entries()) {
    if (!(answer instanceof AppError)) throw new Error('nobody could answer');
    const { code, details } = answer;
    expect({ code, details }).toEqual({
      code: 'UNAVAILABLE',
      details: { predictionId: ['row-a', 'row-b', 'row-c'][i] },
    });
  }
  await expect(dispatch.post(target, rowOf('d'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await room.server.restart();
});

it('offers again what it had posted, and nothing else, when Redis comes back without it', async () => {
  send(['waited-for']);
  for (const name of ['a', 'b', 'c']) await dispatch.post(target, rowOf(name));
  await eventually(async () => (await waitingJobs()) === 4);
  await loseEverything();
  await eventually(async () => (await waitingJobs()) === 3);
  const { executed } = await startWorker();
  await eventually(() => answered.length === 3);
  expect(executed.flat().sort()).toEqual(['row-a', 'row-b', 'row-c']);
  expect(answered.map(({ label }) => label).sort()).toEqual(['a', 'b', 'c']);
});

it('puts no second copy beside one that Redis kept', async () => {
  // Otherwise the file on disk may lack the last second.
  await room.redis.commands.configSet('appendfsync', 'always');
  await dispatch.post(target, rowOf('kept'));
  await room.server.kill();
  await eventually(() => !room.redis.ready());
  await room.server.restart();
  await eventually(() => room.redis.ready());
  await dispatch.post(target, rowOf('new'));
  const { executed } = await startWorker();
  await eventually(() => answered.length === 2);
  expect(executed.flat().sort()).toEqual(['row-kept', 'row-new']);
});

it('holds nothing of a batch once it is answered: it is not offered again', async () => {
  await startWorker();
  await dispatch.post(target, rowOf('done'));
  await eventually(() => answered.length === 1);
  await stops.pop()?.();
  await dispatch.post(target, rowOf('open'));
  await loseEverything();
  await eventually(async () => (await waitingJobs()) === 1);
  const { executed } = await startWorker();
  await eventually(() => answered.length === 2);
  expect(executed).toEqual([['row-open']]);
});

it('forgets a batch whose answer never comes some seconds after its deadline', async () => {
  const { sent } = send(['lost'], { deadlineMs: 50 });
  await dispatch.post(target, rowOf('posted', 50));
  aheadMs = 6000;
  await sent;
  await dispatch.post(target, rowOf('open'));
  await loseEverything();
  await eventually(async () => (await waitingJobs()) === 1);
  const { executed } = await startWorker();
  await eventually(() => answered.length === 1);
  expect(executed).toEqual([['row-open']]);
});

it('rejects whoever still waits when it stops, and removes its replies', async () => {
  const { answers } = send(['a']);
  await eventually(async () => (await waitingJobs()) === 1);
  await dispatch.stop();
  const [answer] = await answers;
  expect(answer).toMatchObject({ code: 'UNAVAILABLE' });
  expect(await room.redis.commands.exists(replies('this'))).toBe(0);
});

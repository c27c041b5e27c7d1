// A worker that stands still: what cannot be done in time is refused early, what was too late is not done later, and both can be looked up.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ask, predictIris, send, type ApiError } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { recordedIds } from '../support/recorded-ids.js';
import { startSplitHouse, type SplitHouse } from '../support/split-house.js';
import type { VigieProcess } from '../support/vigie-process.js';

const MAY_WAIT = 3;

let house: SplitHouse;
let front: VigieProcess;
let worker: VigieProcess;

beforeAll(async () => {
  house = await startSplitHouse({ MAX_WAITING_ROWS: String(MAY_WAIT) });
  ({ front, worker } = house);
});
afterAll(() => house.stop());

beforeEach(async () => {
  await eventually(async () => (await predictIris(front.url)).data?.predict.id);
  worker.pause();
});
afterEach(() => worker.resume());

interface Found {
  readonly status: string;
  readonly label: string | null;
  readonly error: { readonly code: string } | null;
  readonly timings: { readonly computeMs: number };
}
const lookUp = async (id: string) => {
  const query =
    'query ($id: ID!) { prediction(id: $id) { status label error { code } timings { computeMs } } }';
  return (await ask<{ prediction: Found | null }>(front.url, query, { id })).prediction;
};

it('refuses OVERLOADED at once when more wait than may, says when to come back, and serves again afterwards', async () => {
  const predict = async () => {
    const { errors, data: answer } = await predictIris(front.url, undefined, { deadlineMs: 20_000 });
    return { error: errors?.[0], id: answer?.predict.id };
  };
  const refusals: (ApiError | undefined)[] = [];
  const flood = Array.from({ length: 40 }, async () => {
    const outcome = await predict();
    if (outcome.error !== undefined) refusals.push(outcome.error);
    return outcome;
  });
  // At once: all of them while the worker still stands, and nothing else can have answered.
  await eventually(() => Promise.resolve(refusals.length === flood.length - MAY_WAIT));
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({ extensions: { code: 'OVERLOADED', retryable: true } });
    expect(refusal?.extensions.retryAfterMs).toBeGreaterThan(0);
  }

  worker.resume();
  const served = (await Promise.all(flood)).filter(({ error }) => error === undefined);
  expect(served).toHaveLength(MAY_WAIT);
  // What was refused never left, so it is in no record; what was served is.
  const ids = served.flatMap(({ id }) => (id === undefined ? [] : [id]));
  await eventually(async () => {
    const recorded = await recordedIds(front.url, 'iris-classifier');
    return ids.every((id) => recorded.includes(id));
  });
  expect((await predict()).error).toBeUndefined();
});

it('answers DEADLINE_EXCEEDED with an id; the late work is dropped unexecuted and found as failed under that id', async () => {
  const { errors } = await predictIris(front.url, undefined, { deadlineMs: 500 });
  const { code, retryable, predictionId } = (errors as [ApiError])[0].extensions;
  expect({ code, retryable }).toEqual({ code: 'DEADLINE_EXCEEDED', retryable: true });
  if (predictionId === undefined) throw new Error('no predictionId');
  expect(await lookUp(predictionId)).toBeNull();

  worker.resume();
  const found = await eventually(() => lookUp(predictionId));
  expect(found).toEqual({
    status: 'FAILED',
    label: null,
    error: { code: 'DEADLINE_EXCEEDED' },
    timings: { computeMs: 0 },
  });
  await eventually(async () => (await recordedIds(front.url, 'iris-classifier')).includes(predictionId));
});

it('names each late instance of a batch by its place', async () => {
  const query = `mutation ($input: PredictBatchInput!) { predictBatch(input: $input) { predictions { id } errors { index code } } }`;
  const features = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
  const input = { model: 'iris-classifier', instances: [features, features], deadlineMs: 500 };
  const { predictBatch } = await ask<{ predictBatch: object }>(front.url, query, { input });
  expect(predictBatch).toEqual({
    predictions: [],
    errors: [
      { index: 0, code: 'DEADLINE_EXCEEDED' },
      { index: 1, code: 'DEADLINE_EXCEEDED' },
    ],
  });
});

it('a retry by requestId after a missed deadline is made anew', async () => {
  const request = { requestId: 'late-1', deadlineMs: 500 };
  const first = await predictIris(front.url, undefined, request);
  expect(first.errors?.[0]?.extensions.code).toBe('DEADLINE_EXCEEDED');
  worker.resume();
  const again = await predictIris(front.url, undefined, { requestId: 'late-1' });
  expect(again.data?.predict.label).toBe('setosa');
  expect(again.data?.predict.id).not.toBe(first.errors?.[0]?.extensions.predictionId);
});

it('a submitted prediction waits for the worker and is then made', async () => {
  const submit = 'mutation ($input: PredictInput!) { submitPrediction(input: $input) { id status } }';
  const features = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
  const { data: answer } = await send<{ submitPrediction: { id: string; status: string } }>(
    front.url,
    submit,
    {
      input: { model: 'iris-classifier', features },
    },
  );
  const id = answer?.submitPrediction.id ?? '';
  expect((await lookUp(id))?.status).toBe('QUEUED');
  worker.resume();
  await eventually(async () => (await lookUp(id))?.status === 'COMPLETED');
});

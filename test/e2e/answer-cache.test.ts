// A model whose answers are kept: what was asked before needs no inference, and is a prediction like any other.
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, CLEAR_IRIS, predictIris, subscribe, UNSURE_IRIS } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { recordedIds } from '../support/recorded-ids.js';
import { privateDataDir, startVigie, type VigieProcess } from '../support/vigie-process.js';

const MODEL = 'iris-classifier';
let vigie: VigieProcess;
let data: Awaited<ReturnType<typeof privateDataDir>>;

beforeAll(async () => {
  data = await privateDataDir();
  const models = join(data.dir, 'models');
  await cp(join('models', MODEL), join(models, MODEL), { recursive: true });
  const path = join(models, MODEL, 'model.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(path, JSON.stringify({ ...manifest, answerCache: { entries: 100 } }));
  vigie = await startVigie({ DATA_DIR: data.dir, MODELS_DIR: models });
});
afterAll(async () => {
  expect(await vigie.stop()).toBe(0);
  await data.remove();
});

async function figures(): Promise<{ hits: number; misses: number; ran: number }> {
  const text = await (await fetch(`${vigie.url}/metrics`)).text();
  const valueOf = (name: string, labels = '') => {
    const pattern = new RegExp(`^${name}\\{model="${MODEL}",version="1"${labels}\\} (\\d+)`, 'm');
    return Number(pattern.exec(text)?.[1] ?? 0);
  };
  return {
    hits: valueOf('vigie_answer_cache_total', ',outcome="hit"'),
    misses: valueOf('vigie_answer_cache_total', ',outcome="miss"'),
    ran: valueOf('vigie_batch_rows_sum'),
  };
}

it('answers the same again without inference, under an id of its own, which is recorded and seen live', async () => {
  const live = await subscribe<{ predictionCompleted: { id: string; label: string } }>(
    vigie.url,
    `subscription { predictionCompleted(model: "${MODEL}") { id label } }`,
  );
  const first = (await predictIris(vigie.url)).data?.predict;
  const reordered = Object.fromEntries(Object.entries(CLEAR_IRIS).reverse());
  const second = (await predictIris(vigie.url, reordered)).data?.predict;
  expect(second).toMatchObject({
    label: first?.label,
    confidence: first?.confidence,
    probabilities: first?.probabilities,
    timings: { computeMs: 0 },
  });
  expect(second?.id).not.toBe(first?.id);
  expect(await figures()).toEqual({ hits: 1, misses: 1, ran: 1 });

  const ids = [first?.id ?? '', second?.id ?? ''];
  await eventually(() =>
    ids.every((id) => live.items.some(({ predictionCompleted }) => predictionCompleted.id === id)),
  );
  await live.close();
  await eventually(async () => {
    const recorded = await recordedIds(vigie.url, MODEL);
    return ids.every((id) => recorded.includes(id));
  });
  const known = await ask<{ prediction: object }>(
    vigie.url,
    'query ($id: ID!) { prediction(id: $id) { label features } }',
    { id: second?.id },
  );
  expect(known.prediction).toEqual({ label: 'setosa', features: CLEAR_IRIS });
});

it('mixes what is known and what is not in one batch, in its order', async () => {
  const before = await figures();
  const query = `mutation ($input: PredictBatchInput!) {
    predictBatch(input: $input) { predictions { id label features timings { computeMs batchSize } } errors { index } }
  }`;
  const instances = [UNSURE_IRIS, CLEAR_IRIS, { sepal_length: 'x' }, CLEAR_IRIS, UNSURE_IRIS];
  const { predictBatch } = await ask<{
    predictBatch: {
      predictions: { id: string; label: string; features: object; timings: object }[];
      errors: object[];
    };
  }>(vigie.url, query, { input: { model: MODEL, instances } });
  const { predictions, errors } = predictBatch;
  expect(predictions.map(({ features }) => features)).toEqual([
    UNSURE_IRIS,
    CLEAR_IRIS,
    CLEAR_IRIS,
    UNSURE_IRIS,
  ]);
  // Equal rows of one request both run; those that were known are one batch without inference.
  expect(predictions.slice(1, 3).map(({ timings }) => timings)).toEqual([
    { computeMs: 0, batchSize: 2 },
    { computeMs: 0, batchSize: 2 },
  ]);
  expect(errors).toEqual([{ index: 2 }]);
  const after = await figures();
  expect(after).toEqual({ hits: before.hits + 2, misses: before.misses + 2, ran: before.ran + 2 });
  expect(new Set(predictions.map(({ id }) => id)).size).toBe(4);
  await eventually(async () => {
    const recorded = await recordedIds(vigie.url, MODEL);
    return predictions.every(({ id }) => recorded.includes(id));
  });
});

it('is the same prediction for the same requestId, from the cache too', async () => {
  const before = await figures();
  const request = { requestId: 'cached-1' };
  const answers = await Promise.all([1, 2, 3].map(() => predictIris(vigie.url, CLEAR_IRIS, request)));
  expect(new Set(answers.map(({ data: answer }) => answer?.predict.id)).size).toBe(1);
  expect((await figures()).ran).toBe(before.ran);
});

// A worker that has grown large ends itself and is started anew by whoever supervises it, here the test: nobody's request fails.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Graph } from '../../src/onnx/write-model.js';
import { ask, send } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { privateModelsFolder, type ModelsFolder } from '../support/private-models.js';
import { startPrivateRedis, type PrivateRedis } from '../support/private-redis.js';
import { startSteadyLoad } from '../support/steady-load.js';
import { privateDataDir, startVigie, type VigieProcess } from '../support/vigie-process.js';

// Rows this wide take eight megabytes each in the middle of the graph, and what a batch of them took the session keeps.
const WIDTH = 2_000_000;
const wideGraph: Graph = {
  name: 'wide',
  inputs: [{ name: 'x', type: 'float32', shape: ['rows', 1] }],
  outputs: [{ name: 'mean', type: 'float32', shape: ['rows', 1] }],
  initializers: [
    { name: 'width', type: 'int64', dims: [2], values: [1, WIDTH] },
    { name: 'zero', type: 'float32', dims: [1], values: [0] },
  ],
  nodes: [
    { op: 'Expand', inputs: ['x', 'width'], outputs: ['wide'] },
    { op: 'Add', inputs: ['wide', 'zero'], outputs: ['sum'] },
    {
      op: 'ReduceMean',
      inputs: ['sum'],
      outputs: ['mean'],
      attributes: { axes: { kind: 'ints', value: [1] }, keepdims: { kind: 'int', value: 1 } },
    },
  ],
};
const wideManifest = {
  name: 'wide',
  title: 'Wide',
  task: 'regression',
  features: [{ name: 'a', type: 'number' }],
  inputs: [{ tensor: 'x', features: ['a'] }],
  outputs: { value: 'mean' },
  inference: { warmUpRows: [1] },
};

let redis: PrivateRedis;
let models: ModelsFolder;
let data: Awaited<ReturnType<typeof privateDataDir>>;
let front: VigieProcess;
let worker: VigieProcess;
let startWorker: () => Promise<VigieProcess>;

beforeAll(async () => {
  [redis, models, data] = await Promise.all([startPrivateRedis(), privateModelsFolder(), privateDataDir()]);
  await models.add(wideManifest, wideGraph);
  const common = { REDIS_URL: redis.url, DATA_DIR: data.dir, MODELS_DIR: models.dir };
  // Less than it takes from the start, so the limit is what it takes by then and half as much again.
  startWorker = () => startVigie({ ...common, ROLES: 'worker', WORKER_MEMORY_MB: '16' });
  [worker, front] = await Promise.all([startWorker(), startVigie({ ...common, ROLES: 'api,monitor' })]);
}, 120_000);
afterAll(async () => {
  await front.stop();
  await worker.stop();
  await Promise.all([redis.stop(), models.remove(), data.remove()]);
});

it('loses no request when a worker ends itself because it is large', async () => {
  const load = startSteadyLoad(front.url, { clients: 8 });
  await eventually(() => load.outcomes.length > 50);
  const instances = Array.from({ length: 32 }, (_, i) => ({ a: i }));
  const wide = send<{ predictBatch: { predictions: { value: number }[]; errors: unknown[] } }>(
    front.url,
    'mutation ($input: PredictBatchInput!) { predictBatch(input: $input) { predictions { value } errors { code } } }',
    { input: { model: 'wide', instances, deadlineMs: 30_000 } },
  );

  expect(await worker.ended).toBe(0);
  const first = worker;
  const answeredByFirst = load.outcomes.length;
  worker = await startWorker();
  await eventually(() => load.outcomes.length > answeredByFirst + 50, { timeoutMs: 20_000 });
  await load.stop();

  expect(load.outcomes.filter(({ code }) => code !== undefined)).toEqual([]);
  const { predictions, errors } = (await wide).data?.predictBatch ?? {};
  expect(errors).toEqual([]);
  expect(predictions).toHaveLength(32);
  expect(first.lines.map(({ msg }) => msg)).toContain('this worker is large and ends, to be started anew');
  // Ended in the middle of a run, the runtime would have aborted the process and said so.
  expect(first.errorOutput()).toBe('');
}, 120_000);

it('shows the worker that came back, and soon no longer the one that left', async () => {
  await eventually(
    async () => (await ask<{ workers: unknown[] }>(front.url, '{ workers { id } }')).workers.length === 1,
  );
  expect(worker.lines.some(({ msg }) => msg === 'WORKER_MEMORY_MB is too near to what the models take')).toBe(
    true,
  );
});

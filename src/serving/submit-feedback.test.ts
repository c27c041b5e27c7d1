// Feedback is judged item by item, and what fits leaves as one entry per model.
import { expect, it } from 'vitest';
import { AppError } from '../errors.js';
import type { FeedbackBatch } from '../events/feedback-batch.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import { modelManifestSchema } from '../manifest/model-manifest.js';
import type { RegisteredModel, Registry } from '../registry/registry.js';
import { createSubmitFeedback } from './submit-feedback.js';

const PREDICTIONS = [
  prediction('a', 'iris', { label: 'setosa' }),
  prediction('b', 'iris', { label: 'virginica' }),
  prediction('c', 'prices', { value: 10 }),
  prediction('failed', 'iris', {}, 'failed'),
  prediction('waiting', 'iris', {}, 'queued'),
  { ...prediction('north', 'prices', { value: 1 }), metadata: { region: 'north' } },
];

function setUp({ failing = [] as readonly string[] } = {}) {
  const batches: FeedbackBatch[] = [];
  let ids = 0;
  const submit = createSubmitFeedback({
    find: (wanted) =>
      Promise.resolve(new Map(PREDICTIONS.filter(({ id }) => wanted.includes(id)).map((p) => [p.id, p]))),
    registry: registryOf('iris', 'prices'),
    append: (model, batch) => {
      if (failing.includes(model)) return Promise.reject(new AppError('UNAVAILABLE'));
      batches.push(batch);
      return Promise.resolve();
    },
    createId: () => `f${++ids}`,
    now: () => 99,
  });
  return { submit, batches };
}

it('names the segment of the prediction where the monitors of the model ask for it', async () => {
  const { submit, batches } = setUp();
  await submit([
    { predictionId: 'north', value: 2 },
    { predictionId: 'c', value: 2 },
  ]);
  expect(batches[0]?.items.map(({ segments }) => segments)).toEqual([
    { 'metadata.region': 'north' },
    undefined,
  ]);
});

it('writes one entry per model, with what was predicted beside what is true', async () => {
  const { submit, batches } = setUp();
  const answer = await submit([
    { predictionId: 'a', label: 'setosa' },
    { predictionId: 'c', value: 12 },
    { predictionId: 'b', label: 'setosa' },
  ]);
  expect(answer).toEqual({ accepted: 3, errors: [] });
  expect(batches).toEqual([
    {
      v: 1,
      model: 'iris',
      receivedAt: 99,
      items: [
        {
          id: 'f1',
          predictionId: 'a',
          version: 2,
          predictedAt: 7,
          predicted: { label: 'setosa' },
          truth: { label: 'setosa' },
        },
        {
          id: 'f3',
          predictionId: 'b',
          version: 2,
          predictedAt: 7,
          predicted: { label: 'virginica' },
          truth: { label: 'setosa' },
        },
      ],
    },
    {
      v: 1,
      model: 'prices',
      receivedAt: 99,
      items: [
        {
          id: 'f2',
          predictionId: 'c',
          version: 2,
          predictedAt: 7,
          predicted: { value: 10 },
          truth: { value: 12 },
        },
      ],
    },
  ]);
});

it.each([
  ['an unknown prediction', { predictionId: 'none', label: 'setosa' }, 'PREDICTION_NOT_FOUND', []],
  [
    'a class the model does not have',
    { predictionId: 'b', label: 'rose' },
    'INVALID_INPUT',
    ['input[1].label'],
  ],
  ['a value for a class', { predictionId: 'b', value: 1 }, 'INVALID_INPUT', ['input[1].label']],
  [
    'both kinds of truth',
    { predictionId: 'b', label: 'setosa', value: 1 },
    'INVALID_INPUT',
    ['input[1].label'],
  ],
  ['a label for a value', { predictionId: 'c', label: 'setosa' }, 'INVALID_INPUT', ['input[1].value']],
  ['no truth', { predictionId: 'c' }, 'INVALID_INPUT', ['input[1].value']],
  [
    'a second truth in one call',
    { predictionId: 'a', label: 'virginica' },
    'INVALID_INPUT',
    ['input[1].predictionId'],
  ],
  [
    'a failed prediction',
    { predictionId: 'failed', label: 'setosa' },
    'INVALID_INPUT',
    ['input[1].predictionId'],
  ],
  [
    'a prediction not made yet',
    { predictionId: 'waiting', label: 'setosa' },
    'INVALID_INPUT',
    ['input[1].predictionId'],
  ],
])('refuses %s, alone', async (_name, item, code, paths) => {
  const { submit, batches } = setUp();
  const { accepted, errors } = await submit([{ predictionId: 'a', label: 'setosa' }, item]);
  expect(accepted).toBe(1);
  expect(errors).toMatchObject([{ index: 1, code }]);
  expect(errors[0]?.issues.map(({ path }) => path)).toEqual(paths);
  expect(batches.flatMap(({ items }) => items.map(({ predictionId }) => predictionId))).toEqual(['a']);
});

it('lets a corrected item through after a refused one for the same prediction', async () => {
  const { submit } = setUp();
  const { accepted, errors } = await submit([
    { predictionId: 'a', label: 'rose' },
    { predictionId: 'a', label: 'setosa' },
  ]);
  expect(accepted).toBe(1);
  expect(errors).toMatchObject([{ index: 0, code: 'INVALID_INPUT' }]);
});

it('tells which items were not taken when one model could not be written', async () => {
  const { submit } = setUp({ failing: ['prices'] });
  const { accepted, errors } = await submit([
    { predictionId: 'c', value: 1 },
    { predictionId: 'a', label: 'setosa' },
  ]);
  expect(accepted).toBe(1);
  expect(errors).toMatchObject([{ index: 0, code: 'UNAVAILABLE' }]);
});

it('fails as a whole when nothing could be written', async () => {
  const { submit } = setUp({ failing: ['iris'] });
  await expect(submit([{ predictionId: 'a', label: 'setosa' }])).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
});

function prediction(
  id: string,
  model: string,
  outputs: { readonly label?: string; readonly value?: number },
  status: PredictionRecord['status'] = 'completed',
): PredictionRecord {
  return {
    id,
    model,
    version: 2,
    status,
    label: outputs.label ?? null,
    value: outputs.value ?? null,
    confidence: null,
    probabilities: null,
    detections: null,
    picture: null,
    features: {},
    warnings: [],
    createdAt: 7,
    timings: { totalMs: 0, queueMs: 0, computeMs: 0, batchSize: 1 },
    error: null,
    requestId: null,
    subject: null,
    metadata: null,
  };
}

function registryOf(classifier: string, regressor: string): Registry {
  const common = {
    title: 'T',
    features: [{ name: 'x', type: 'number' }],
    inputs: [{ tensor: 'x', features: ['x'] }],
  };
  const manifests = [
    {
      ...common,
      name: classifier,
      task: 'classification',
      classes: ['setosa', 'virginica'],
      outputs: { probabilities: 'p' },
    },
    {
      ...common,
      name: regressor,
      task: 'regression',
      outputs: { value: 'v' },
      monitors: { latency: { segmentBy: 'metadata.region' } },
    },
  ].map((manifest) => modelManifestSchema.parse(manifest));
  const version: RegisteredModel['production'] = {
    model: classifier,
    version: 2,
    stage: 'production',
    facts: { createdAt: '2024-01-01T00:00:00Z', sha256: 'a'.repeat(64), metrics: {}, training: {} },
    reference: undefined,
    onnxPath: '',
    sizeBytes: 0,
    inputs: [],
    outputs: [],
  };
  const models = manifests.map((manifest) => ({ manifest, versions: [version], production: version }));
  const model = (name: string) => {
    const found = models.find(({ manifest }) => manifest.name === name);
    if (found === undefined) throw new AppError('MODEL_NOT_FOUND');
    return found;
  };
  return { models: () => models, model, version: (name) => ({ model: model(name), version }) };
}

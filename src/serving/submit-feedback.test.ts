// Feedback is judged item by item, and what fits leaves as one entry per model.
import { expect, it } from 'vitest';
import { AppError } from '../errors.js';
import type { FeedbackBatch } from '../events/feedback-batch.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import { modelManifestSchema } from '../manifest/model-manifest.js';
import type { RegisteredModel, Registry } from '../registry/registry.js';
import { createSubmitFeedback } from './submit-feedback.js';

const BOX = { x: 10, y: 10, width: 30, height: 30 };
const FOUND = { label: 'young', confidence: 0.8, box: BOX };

const PREDICTIONS = [
  prediction('a', 'iris', { label: 'setosa' }),
  prediction('b', 'iris', { label: 'virginica' }),
  prediction('c', 'prices', { value: 10 }),
  prediction('failed', 'iris', {}, 'failed'),
  prediction('waiting', 'iris', {}, 'queued'),
  { ...prediction('scene', 'trees', {}), detections: [FOUND], picture: pictureOf(200, 100) },
  { ...prediction('unsized', 'trees', {}), detections: [] },
  { ...prediction('north', 'prices', { value: 1 }), metadata: { region: 'north' } },
];

function setUp({ failing = [] as readonly string[], more = [] as readonly PredictionRecord[] } = {}) {
  const batches: FeedbackBatch[] = [];
  let ids = 0;
  const submit = createSubmitFeedback({
    find: (wanted) =>
      Promise.resolve(
        new Map([...PREDICTIONS, ...more].filter(({ id }) => wanted.includes(id)).map((p) => [p.id, p])),
      ),
    registry: registryOf('iris', 'prices', 'trees'),
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

it('takes the true boxes of a picture beside what was found in it, and an empty list as the word that nothing is there', async () => {
  const { submit, batches } = setUp();
  const overTheEdge = { label: 'mature', box: { x: 190, y: -5, width: 30, height: 30 } };
  const { accepted, errors } = await submit([
    { predictionId: 'scene', detections: [overTheEdge] },
    { predictionId: 'unsized', detections: [] },
  ]);
  expect({ accepted, errors }).toEqual({ accepted: 2, errors: [] });
  expect(batches.flatMap(({ items }) => items)).toMatchObject([
    { predictionId: 'scene', predicted: { detections: [FOUND] }, truth: { detections: [overTheEdge] } },
    { predictionId: 'unsized', predicted: { detections: [] }, truth: { detections: [] } },
  ]);
});

it.each([
  ['a label', { label: 'young' }, 'detections'],
  ['a label beside', { label: 'young', detections: [] }, 'detections'],
  ['nothing', {}, 'detections'],
  ['another class', { detections: [{ label: 'palm', box: BOX }] }, 'detections[0].label'],
  [
    'a box beside the picture',
    { detections: [FOUND, { label: 'young', box: { ...BOX, x: 200 } }] },
    'detections[1].box',
  ],
  [
    'a box without area',
    { detections: [{ label: 'young', box: { ...BOX, width: 0 } }] },
    'detections[0].box',
  ],
])('refuses %s as the truth about a picture', async (_name, truth, path) => {
  const { submit } = setUp();
  const { accepted, errors } = await submit([{ predictionId: 'scene', ...truth }]);
  expect(accepted).toBe(0);
  expect(errors).toMatchObject([{ code: 'INVALID_INPUT', issues: [{ path: `input[0].${path}` }] }]);
});

it('refuses boxes for a class', async () => {
  const { submit } = setUp();
  const { errors } = await submit([{ predictionId: 'a', label: 'setosa', detections: [] }]);
  expect(errors).toMatchObject([{ issues: [{ path: 'input[0].label' }] }]);
});

it('splits what has very many boxes into several entries', async () => {
  const many = Array.from({ length: 9000 }, () => ({ label: 'young', box: BOX }));
  const crowded = ['p1', 'p2', 'p3'].map((id) => ({ ...prediction(id, 'trees', {}), detections: [] }));
  const { submit, batches } = setUp({ more: crowded });
  const { accepted } = await submit(crowded.map(({ id }) => ({ predictionId: id, detections: many })));
  expect(accepted).toBe(3);
  expect(batches.map(({ items }) => items.length)).toEqual([2, 1]);
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

function pictureOf(width: number, height: number): PredictionRecord['picture'] {
  const qualities = { brightness: 0.5, contrast: 0.2, saturation: 0.3, sharpness: 100 };
  return { ...qualities, width, height, format: 'jpeg', sizeBytes: 1000, sha256: 'a'.repeat(64), tiles: 1 };
}

function registryOf(classifier: string, regressor: string, detector: string): Registry {
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
    {
      ...{ name: detector, title: 'T', task: 'detection', classes: ['young', 'mature'] },
      features: [{ name: 'image', type: 'image' }],
      inputs: [{ tensor: 'images', features: ['image'] }],
      outputs: { detections: { layout: 'yolov8', tensor: 'output0' } },
      image: { fit: 'tiles' },
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

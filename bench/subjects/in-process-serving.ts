// Serving without a queue: the features are checked with the manifest, and the model runs in the calling process.
import { randomUUID } from 'node:crypto';
import type { PredictionRecord } from '../../src/events/prediction-record.js';
import type { BatchItemError, PredictRequest, Serving } from '../../src/serving/serving.js';
import { fromDist } from './from-dist.js';
import { bestOf, type OnnxModel } from './onnx-models.js';

const { createFeatureCheck } = (await fromDist(
  'serving/check-features',
)) as typeof import('../../src/serving/check-features.js');
const { AppError } = (await fromDist('errors')) as typeof import('../../src/errors.js');

type Checked = Extract<ReturnType<ReturnType<typeof createFeatureCheck>>, { ok: true }>;
type Served = OnnxModel & { readonly check: ReturnType<typeof createFeatureCheck> };

/** `predict` and `predictBatch` alone; a batch is one run of the model. */
export function createInProcessServing(models: readonly OnnxModel[]): Serving {
  const served = new Map(
    models.map((model): [string, Served] => [
      model.manifest.name,
      { ...model, check: createFeatureCheck(model.manifest) },
    ]),
  );
  const find = (name: string): Served => {
    const model = served.get(name);
    if (model === undefined) throw new AppError('MODEL_NOT_FOUND', `There is no model named "${name}".`);
    return model;
  };
  return {
    refusal: () => undefined,
    async predict({ model: name, features }: PredictRequest) {
      const model = find(name);
      const checked = model.check(features, 'input.features');
      if (!checked.ok)
        throw new AppError('INVALID_INPUT', undefined, { details: { issues: checked.issues } });
      const [record] = await run(model, [checked]);
      if (record === undefined) throw new Error('one row in, none out');
      return record;
    },
    async predictBatch({ model: name, instances }) {
      const model = find(name);
      const rows: Checked[] = [];
      const errors: BatchItemError[] = [];
      for (const [index, features] of instances.entries()) {
        const checked = model.check(features);
        if (checked.ok) rows.push(checked);
        else errors.push({ index, code: 'INVALID_INPUT', message: 'not valid', issues: checked.issues });
      }
      return { predictions: rows.length === 0 ? [] : await run(model, rows), errors };
    },
    submit: () => Promise.reject(new Error('there is no queue')),
    recent: () => Promise.resolve(undefined),
    drain: () => Promise.resolve(),
  };
}

async function run(model: Served, rows: readonly Checked[]): Promise<PredictionRecord[]> {
  const { features, classes, name } = model.manifest;
  const startedAt = Date.now();
  const tensor = new Float32Array(rows.length * features.length);
  let at = 0;
  for (const { row } of rows) for (const feature of features) tensor[at++] = Number(row[feature.name] ?? NaN);
  const probabilities = await model.run(tensor, rows.length);
  const computeMs = Date.now() - startedAt;
  return rows.map(({ row, warnings }, i) => ({
    id: randomUUID(),
    model: name,
    version: model.version,
    status: 'completed',
    ...bestOf(classes, probabilities, i),
    value: null,
    probabilities: classes.map((label, k) => ({
      label,
      probability: probabilities[i * classes.length + k] ?? 0,
    })),
    detections: null,
    picture: null,
    features: row,
    warnings,
    createdAt: startedAt,
    timings: { totalMs: computeMs, queueMs: 0, computeMs, batchSize: rows.length },
    error: null,
    requestId: null,
    subject: null,
    metadata: null,
  }));
}

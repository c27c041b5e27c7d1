import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.js';
import type { FeatureColumns } from '../events/prediction-batch.js';
import type { Inference, InferenceModel } from '../inference/inference.js';
import { modelManifestSchema } from '../manifest/model-manifest.js';
import { runRows } from './run-rows.js';

// The real sessions are tested in their own room; here a model that fails on negative numbers shows what becomes of its neighbours.
const classes = ['small', 'large'];
const failsOnNegatives: Pick<Inference, 'run'> = {
  run: (_model, features: FeatureColumns) => {
    const xs = (features['x'] ?? []).map(Number);
    if (xs.some((x) => x < 0)) return Promise.reject(new AppError('INFERENCE_FAILED', 'negative'));
    const label = xs.map((x) => (x < 10 ? 'small' : 'large'));
    const values = xs.flatMap((x) => (x < 10 ? [0.9, 0.1] : [0.2, 0.8]));
    const confidence = xs.map((x) => (x < 10 ? 0.9 : 0.8));
    return Promise.resolve({
      outputs: { label, confidence, probabilities: { classes, values } },
      computeMs: 1,
    });
  },
};
const inference: Inference = {
  ...failsOnNegatives,
  run: failsOnNegatives.run,
  providers: ['cpu'],
  loaded: () => [],
  load: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
const manifest = modelManifestSchema.parse({
  name: 'size',
  title: 'Size',
  task: 'classification',
  classes,
  features: [{ name: 'x', type: 'number' }],
  inputs: [{ tensor: 'x', features: ['x'] }],
  outputs: { probabilities: 'p' },
});
const model: InferenceModel = { manifest, version: 1, onnxPath: '', sha256: '' };
const run = (xs: readonly number[], late: readonly number[] = []) =>
  runRows(
    inference,
    model,
    { x: [...xs] },
    xs.map((_, i) => (late.includes(i) ? { code: 'DEADLINE_EXCEEDED', message: '' } : null)),
  );

describe('a batch', () => {
  it('fails a poisonous row alone, its neighbours keep their answers and their order', async () => {
    const { outputs, errors } = await run([1, -5, 20]);
    expect(errors.map((error) => error?.code ?? null)).toEqual([null, 'INFERENCE_FAILED', null]);
    expect(outputs.label).toEqual(['small', null, 'large']);
    expect(outputs.probabilities?.values).toEqual([0.9, 0.1, 0, 0, 0.2, 0.8]);
  });

  it('does not run rows whose deadline has passed', async () => {
    const { outputs, errors } = await run([1, 20], [0]);
    expect(errors[0]?.code).toBe('DEADLINE_EXCEEDED');
    expect(outputs.label).toEqual([null, 'large']);
  });

  it('answers every row exactly as it would be answered alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -3, max: 30 }), { minLength: 1, maxLength: 12 }),
        async (xs) => {
          const together = await run(xs);
          for (const [i, x] of xs.entries()) {
            const alone = await run([x]);
            expect(together.errors[i]).toEqual(alone.errors[0]);
            expect(together.outputs.label?.[i] ?? null).toEqual(alone.outputs.label?.[0] ?? null);
          }
        },
      ),
    );
  });
});

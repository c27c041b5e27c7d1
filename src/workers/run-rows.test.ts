import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.js';
import type { FeatureColumns } from '../events/prediction-batch.js';
import { LoadFailed, ThreadDied, type Inference, type InferenceModel } from '../inference/inference.js';
import { modelManifestSchema } from '../manifest/model-manifest.js';
import { runRows } from './run-rows.js';

// The real sessions are tested in their own room; here a model that fails on negative numbers shows what becomes of its neighbours.
const classes = ['small', 'large'];
let calls = 0;
const failsOnNegatives: Pick<Inference, 'run'> = {
  run: (_model, features: FeatureColumns) => {
    calls += 1;
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
const run = (xs: readonly number[], late: readonly number[] = [], answer = failsOnNegatives.run) =>
  runRows(
    { run: answer },
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

  it('finds one bad row by halving: 21 runs for a thousand rows, and one for as many good ones', async () => {
    const good = Array.from({ length: 1000 }, (_, i) => i);
    calls = 0;
    await run(good);
    expect(calls).toBe(1);
    calls = 0;
    const { errors } = await run(good.with(700, -1));
    expect(errors.flatMap((error, row) => (error === null ? [] : [row]))).toEqual([700]);
    expect(calls).toBeLessThanOrEqual(21);
  });

  it('fails a row alone that kills its thread, and not as one to retry', async () => {
    const mortal: Inference['run'] = (model, features, rows) =>
      features['x']?.includes(-5) === true
        ? Promise.reject(new ThreadDied('UNAVAILABLE'))
        : failsOnNegatives.run(model, features, rows);
    const { outputs, errors } = await run([1, 2, -5, 20], [], mortal);
    expect(errors.map((error) => error?.code ?? null)).toEqual([null, null, 'INFERENCE_FAILED', null]);
    expect(outputs.label).toEqual(['small', 'small', null, 'large']);
  });

  it('answers a row alone whose thread died of another call', async () => {
    let deaths = 1;
    const once: Inference['run'] = (...call) =>
      deaths-- > 0 ? Promise.reject(new ThreadDied('UNAVAILABLE')) : failsOnNegatives.run(...call);
    expect((await run([20], [], once)).outputs.label).toEqual(['large']);
  });

  it.each([
    ['shuts down', new AppError('UNAVAILABLE')],
    ['cannot load the version', new LoadFailed('INFERENCE_FAILED')],
  ])('is tried once and fails together when inference %s', async (_name, error) => {
    calls = 0;
    const refuses: Inference['run'] = () => {
      calls += 1;
      return Promise.reject(error);
    };
    const { errors } = await run([1, 2, 3], [], refuses);
    expect(errors.map((one) => one?.code)).toEqual(Array(3).fill(error.code));
    expect(calls).toBe(1);
  });

  it('throws what is no expected failure', async () => {
    await expect(run([1, 2], [], () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
  });
});

describe('a model that answers another number of rows than it was given', () => {
  const labels = (count: (rows: number) => number): Inference['run'] => {
    return (_model, features) => {
      const xs = features['x'] ?? [];
      const label = Array.from({ length: count(xs.length) }, (_, i) => `of ${String(xs[i])}`);
      return Promise.resolve({ outputs: { label }, computeMs: 1 });
    };
  };

  it.each([
    ['one too few', (rows: number) => rows - 1],
    ['one too many', (rows: number) => rows + 1],
    ['none', () => 0],
  ])("answers nobody with what may be somebody else's: %s", async (_name, count) => {
    const { outputs, errors } = await run([1, 2, 3], [], labels(count));
    expect(errors.map((error) => error?.code)).toEqual(Array(3).fill('INFERENCE_FAILED'));
    expect(errors[0]?.message).toContain('size@1 failed: it answered');
    expect(outputs).toEqual({});
  });

  it('still answers the rows it answers singly', async () => {
    const { outputs, errors } = await run(
      [1, 2, 3],
      [],
      labels((rows) => (rows === 1 ? 1 : rows - 1)),
    );
    expect(errors).toEqual([null, null, null]);
    expect(outputs.label).toEqual(['of 1', 'of 2', 'of 3']);
  });

  it('is found out by its probabilities and by answering nothing, too', async () => {
    const short: Inference['run'] = (_model, _features, rows) => {
      const values = new Array<number>(rows * 2 - 1).fill(0.5);
      const label = Array.from({ length: rows }, () => 'small');
      return Promise.resolve({ outputs: { label, probabilities: { classes, values } }, computeMs: 1 });
    };
    expect((await run([1, 2], [], short)).errors.map((error) => error?.code)).toEqual(
      Array(2).fill('INFERENCE_FAILED'),
    );
    const silent: Inference['run'] = () => Promise.resolve({ outputs: {}, computeMs: 1 });
    expect((await run([1], [], silent)).errors.map((error) => error?.code)).toEqual(['INFERENCE_FAILED']);
  });
});

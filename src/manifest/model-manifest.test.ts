// What model.json may say about sessions, and what it is told when it says something else.
import { describe, expect, it } from 'vitest';
import { modelManifestSchema } from './model-manifest.js';

const sum = {
  name: 'sum',
  title: 'Sum',
  task: 'regression',
  features: [{ name: 'a', type: 'number' }],
  inputs: [{ tensor: 'x', features: ['a'] }],
  outputs: { value: 'total' },
};
const problems = (inference: unknown) => {
  const parsed = modelManifestSchema.safeParse({ ...sum, maxBatchRows: 32, inference });
  return parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
};

it('lets as many rows share a call as one request may have, unless it says otherwise', () => {
  expect(modelManifestSchema.parse(sum).maxBatchRows).toBe(1000);
  expect(modelManifestSchema.parse({ ...sum, maxBatchRows: 7 }).maxBatchRows).toBe(7);
});

describe('inference in model.json', () => {
  it('may be left out, in whole and in every part', () => {
    expect(modelManifestSchema.parse(sum).inference).toEqual({});
    expect(problems({})).toEqual([]);
  });

  it('takes the options of a session', () => {
    const chosen = {
      threads: 1,
      intraOpNumThreads: 4,
      interOpNumThreads: 2,
      graphOptimizationLevel: 'extended',
      executionMode: 'parallel',
      enableCpuMemArena: false,
      enableMemPattern: false,
      warmUpRows: [1, 32],
      memoryMb: 120.5,
    };
    expect(modelManifestSchema.parse({ ...sum, inference: chosen }).inference).toEqual(chosen);
  });

  it.each([
    [{ thread: 1 }, 'inference: Unrecognized key: "thread"'],
    [{ threads: 0 }, 'inference.threads: Too small: expected number to be >=1'],
    [{ graphOptimizationLevel: 'most' }, 'inference.graphOptimizationLevel: Invalid option'],
    [{ warmUpRows: [] }, 'inference.warmUpRows: Too small'],
    [{ warmUpRows: [1, 33] }, 'inference.warmUpRows: no batch has more rows than maxBatchRows, 32'],
    [
      { interOpNumThreads: 2 },
      'inference.interOpNumThreads: operators run side by side only with executionMode "parallel"',
    ],
    [{ memoryMb: -1 }, 'inference.memoryMb: Too small'],
  ])('is refused by name: %o', (inference, problem) => {
    expect(problems(inference)).toEqual([expect.stringContaining(problem)]);
  });
});

describe('the name in model.json', () => {
  it('is not the one under which Vigie watches itself', () => {
    const { error } = modelManifestSchema.safeParse({ ...sum, name: 'vigie' });
    expect(error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
      'name: "vigie" is the name under which Vigie watches itself',
    ]);
  });
});

describe('retraining in model.json', () => {
  const refused = (retraining: unknown) =>
    modelManifestSchema
      .safeParse({ ...sum, retraining })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

  it('takes one rule per monitor and key, and one for every key beside them', () => {
    expect(
      refused([
        { monitor: 'performance' },
        { monitor: 'performance', key: 'mae' },
        { monitor: 'performance', key: 'rmse' },
        { monitor: 'drift', key: 'mae' },
      ]),
    ).toBeUndefined();
  });

  it('is refused where a second rule would hide the first', () => {
    expect(
      refused([
        { monitor: 'drift' },
        { monitor: 'performance', key: 'mae', severity: 'warning' },
        { monitor: 'performance', key: 'mae', severity: 'critical' },
        { monitor: 'drift', forMs: 0 },
      ]),
    ).toEqual([
      'retraining.2: retraining[1] is a rule for monitor "performance" and key "mae" already',
      'retraining.3: retraining[0] is a rule for monitor "drift" without a key already',
    ]);
  });
});

// What a run answers, what does not fit, and which devices there are: real sessions in real threads.
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { useInferenceRoom, valueOf } from '../../test/support/inference-room.js';
import { manifestOf, mixedGraph, mixedManifest, sumModel } from '../../test/support/tiny-model.js';
import { createMetrics } from '../metrics.js';
import { LoadFailed } from './inference.js';

const room = useInferenceRoom();

function softmax(values: readonly number[]): number[] {
  const shares = values.map((v) => Math.exp(v));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((s) => s / sum);
}

describe('answers', () => {
  test('numbers and categories reach the model in the manifest order, rows answer in row order', async () => {
    const inference = await room.start();
    const { outputs, computeMs } = await inference.run(
      await room.mixed(),
      { colour: ['red', 'blue', 'green'], b: [2, 9, 2], a: [11, 1, 1] },
      3,
    );
    expect(outputs.label).toEqual(['first', 'second', 'third']);
    const expected = [softmax([11, 2, 10]), softmax([1, 9, 0]), softmax([1, 2, 20])];
    expect(outputs.probabilities?.classes).toEqual(['first', 'second', 'third']);
    outputs.probabilities?.values.forEach((p, i) => expect(p).toBeCloseTo(expected.flat()[i] ?? -1, 6));
    expect(outputs.confidence?.map((c) => c?.toFixed(4))).toEqual(
      expected.map((p) => Math.max(...p).toFixed(4)),
    );
    expect(computeMs).toBeGreaterThan(0);
  });

  test('the first of equal probabilities is the label', async () => {
    const inference = await room.start({ threads: 1 });
    const { outputs } = await inference.run(await room.mixed(), { a: [0], b: [0], colour: ['blue'] }, 1);
    expect(outputs.label).toEqual(['first']);
  });

  test('a missing optional number is NaN in the tensor and makes the output say so', async () => {
    const inference = await room.start({ threads: 1 });
    const call = inference.run(await room.mixed(), { a: [1, 1], b: [1, null], colour: ['red', 'red'] }, 2);
    await expect(call).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      message: expect.stringContaining('output "probabilities" is not a finite number for row 1') as string,
    });
  });

  test.each(['float32', 'int64', 'int32'] as const)('a regression on %s answers values', async (type) => {
    const { graph, manifest } = sumModel(type, ['a', 'b']);
    const inference = await room.start({ threads: 1 });
    const { outputs } = await inference.run(
      await room.modelOf(manifest, graph),
      { a: [1, -7], b: [2, 3] },
      2,
    );
    expect(outputs).toEqual({ value: [3, -4] });
  });

  test.each([
    ['missing', null],
    ['not a whole number in range', 2.5],
    ['not a whole number in range', 2 ** 31],
  ])('an integer tensor refuses a value that is %s', async (reason, value) => {
    const { graph, manifest } = sumModel('int32', ['a', 'b']);
    const inference = await room.start({ threads: 1 });
    const call = inference.run(await room.modelOf(manifest, graph), { a: [1], b: [value] }, 1);
    await expect(call).rejects.toThrow(`feature "b" is ${reason}`);
  });

  test('the built models run on their own examples', async () => {
    const { loadRegistry } = await import('../registry/load-registry.js');
    const registry = await loadRegistry({ modelsDir: 'models', log: pino({ level: 'silent' }) });
    const inference = await room.start();
    for (const { manifest, production } of registry.models()) {
      await inference.load({ ...production, manifest, sha256: production.facts.sha256 });
    }
    expect(inference.loaded()).toEqual(registry.models().map((m) => `${m.manifest.name}@1`));
  });
});

describe('what does not fit', () => {
  const cases: [string, object, string][] = [
    [
      'an input of another name',
      { inputs: [{ tensor: 'digits', features: ['a', 'b'] }, mixedManifest.inputs[1]] },
      'the manifest fills tensor "digits", model.onnx takes "numbers", "colours"',
    ],
    [
      'an output of another name',
      { outputs: { probabilities: 'scores' } },
      'the manifest answers from output "scores", model.onnx gives "probabilities"',
    ],
    ['another number of classes', { classes: ['x', 'y'] }, 'is [1, 3], the manifest expects [1, 2]'],
  ];
  test.each(cases)('%s fails the load and names both sides', async (_, change, message) => {
    const inference = await room.start({ threads: 1 });
    const model = await room.modelOf(manifestOf({ ...mixedManifest, ...change }), mixedGraph);
    await expect(inference.load(model)).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      message: expect.stringContaining(message) as string,
    });
    expect(inference.loaded()).toEqual([]);
  });

  test('a file whose bytes are not those of its version is not opened', async () => {
    const inference = await room.start({ threads: 1 });
    const model = { ...(await room.mixed()), sha256: '0'.repeat(64) };
    await expect(inference.load(model)).rejects.toThrow('version.json says 0000');
    await expect(inference.run(model, { a: [1], b: [2], colour: ['red'] }, 1)).rejects.toBeInstanceOf(
      LoadFailed,
    );
  });

  test('columns of another length and values of another kind fail by name', async () => {
    const inference = await room.start({ threads: 1 });
    const model = await room.mixed();
    const run = (features: Record<string, (number | string | null)[]>) => inference.run(model, features, 1);
    await expect(run({ a: [1, 2], b: [1], colour: ['red'] })).rejects.toThrow(
      'feature "a" has 2 values for 1 rows',
    );
    await expect(run({ a: ['1'], b: [1], colour: ['red'] })).rejects.toThrow('feature "a" holds a string');
    await expect(run({ a: [1], b: [1], colour: [3] })).rejects.toThrow('feature "colour" holds a number');
    await expect(run({ b: [1], colour: ['red'] })).rejects.toThrow('feature "a" is missing in row 0');
  });
});

describe('providers', () => {
  test('the CPU is what there is without asking', async () => {
    expect((await room.start({ threads: 1 })).providers).toEqual(['cpu']);
  });

  test('a provider that cannot be had is logged and counted once and left out; models run on the CPU', async () => {
    const metrics = createMetrics();
    const inference = await room.start({ threads: 2, providers: ['no-such-device', 'cpu'], metrics });
    expect(inference.providers).toEqual(['cpu']);
    expect(room.logged.filter((l) => l['provider'] === 'no-such-device')).toHaveLength(1);
    expect(await valueOf(metrics.providerFallbacks, 'no-such-device')).toBe(1);
    const { outputs } = await inference.run(await room.mixed(), { a: [1], b: [2], colour: ['red'] }, 1);
    expect(outputs.label).toEqual(['third']);
  });

  test('asking for cuda serves with or without its libraries', async () => {
    const inference = await room.start({ threads: 1, providers: ['cuda', 'cpu'] });
    expect([['cpu'], ['cuda', 'cpu']]).toContainEqual(inference.providers);
    const { outputs } = await inference.run(await room.mixed(), { a: [1], b: [2], colour: ['red'] }, 1);
    expect(outputs.label).toEqual(['third']);
  });
});

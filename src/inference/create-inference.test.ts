import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sessionThreadUrl } from '../../test/support/session-thread-url.js';
import {
  manifestOf,
  mixedGraph,
  mixedManifest,
  slowModel,
  sumModel,
  writeVersion,
} from '../../test/support/tiny-model.js';
import { AppError } from '../errors.js';
import type { ModelManifest } from '../manifest/model-manifest.js';
import type { Graph } from '../onnx/write-model.js';
import { createInference, type InferenceOptions } from './create-inference.js';
import type { Inference, InferenceModel } from './inference.js';

let dir = '';
let folders = 0;
const open: Inference[] = [];
const logged: Record<string, unknown>[] = [];
const log = pino({}, { write: (line: string) => logged.push(JSON.parse(line) as Record<string, unknown>) });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vigie-inference-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((inference) => inference.close()));
  logged.length = 0;
});
afterAll(() => rm(dir, { recursive: true }));

async function start(options: Partial<InferenceOptions> = {}): Promise<Inference> {
  const inference = await createInference({ threads: 2, log, threadUrl: sessionThreadUrl, ...options });
  open.push(inference);
  return inference;
}

async function modelOf(manifest: ModelManifest, graph: Graph): Promise<InferenceModel> {
  const files = await writeVersion(join(dir, String(folders++)), graph);
  return { manifest, version: 1, ...files };
}

const mixed = () => modelOf(manifestOf(mixedManifest), mixedGraph);

function softmax(values: readonly number[]): number[] {
  const shares = values.map((v) => Math.exp(v));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((s) => s / sum);
}

describe('answers', () => {
  test('numbers and categories reach the model in the manifest order, rows answer in row order', async () => {
    const inference = await start();
    const { outputs, computeMs } = await inference.run(
      await mixed(),
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
    const inference = await start({ threads: 1 });
    const { outputs } = await inference.run(await mixed(), { a: [0], b: [0], colour: ['blue'] }, 1);
    expect(outputs.label).toEqual(['first']);
  });

  test('a missing optional number is NaN in the tensor and makes the output say so', async () => {
    const inference = await start({ threads: 1 });
    const call = inference.run(await mixed(), { a: [1, 1], b: [1, null], colour: ['red', 'red'] }, 2);
    await expect(call).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      message: expect.stringContaining('output "probabilities" is not a finite number for row 1') as string,
    });
  });

  test.each(['float32', 'int64', 'int32'] as const)('a regression on %s answers values', async (type) => {
    const { graph, manifest } = sumModel(type, ['a', 'b']);
    const inference = await start({ threads: 1 });
    const { outputs } = await inference.run(await modelOf(manifest, graph), { a: [1, -7], b: [2, 3] }, 2);
    expect(outputs).toEqual({ value: [3, -4] });
  });

  test.each([
    ['missing', null],
    ['not a whole number in range', 2.5],
    ['not a whole number in range', 2 ** 31],
  ])('an integer tensor refuses a value that is %s', async (reason, value) => {
    const { graph, manifest } = sumModel('int32', ['a', 'b']);
    const inference = await start({ threads: 1 });
    const call = inference.run(await modelOf(manifest, graph), { a: [1], b: [value] }, 1);
    await expect(call).rejects.toThrow(`feature "b" is ${reason}`);
  });

  test('the built models run on their own examples', async () => {
    const { loadRegistry } = await import('../registry/load-registry.js');
    const registry = await loadRegistry({ modelsDir: 'models', log });
    const inference = await start();
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
    const inference = await start({ threads: 1 });
    const model = await modelOf(manifestOf({ ...mixedManifest, ...change }), mixedGraph);
    await expect(inference.load(model)).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      message: expect.stringContaining(message) as string,
    });
    expect(inference.loaded()).toEqual([]);
  });

  test('a file whose bytes are not those of its version is not opened', async () => {
    const inference = await start({ threads: 1 });
    const model = { ...(await mixed()), sha256: '0'.repeat(64) };
    await expect(inference.load(model)).rejects.toThrow('version.json says 0000');
  });

  test('columns of another length and values of another kind fail by name', async () => {
    const inference = await start({ threads: 1 });
    const model = await mixed();
    const run = (features: Record<string, (number | string | null)[]>) => inference.run(model, features, 1);
    await expect(run({ a: [1, 2], b: [1], colour: ['red'] })).rejects.toThrow(
      'feature "a" has 2 values for 1 rows',
    );
    await expect(run({ a: ['1'], b: [1], colour: ['red'] })).rejects.toThrow('feature "a" holds a string');
    await expect(run({ a: [1], b: [1], colour: [3] })).rejects.toThrow('feature "colour" holds a number');
    await expect(run({ b: [1], colour: ['red'] })).rejects.toThrow('feature "a" is missing in row 0');
  });
});

describe('threads', () => {
  test('a hundred runs at once each get their own answer, from both threads', async () => {
    const { graph, manifest } = sumModel('float32', ['a', 'b']);
    const model = await modelOf(manifest, graph);
    const inference = await start();
    const runs = Array.from({ length: 100 }, (_, i) => inference.run(model, { a: [i, i], b: [1, 2] }, 2));
    const answers = await Promise.all(runs);
    expect(answers.map((a) => a.outputs.value)).toEqual(runs.map((_, i) => [i + 1, i + 2]));
    expect(inference.loaded()).toEqual(['sum@1']);
  });

  test('the main thread goes on while a model computes', async () => {
    const { graph, manifest } = slowModel(2000);
    const inference = await start({ threads: 1 });
    const model = await modelOf(manifest, graph);
    await inference.load(model);
    const order: string[] = [];
    const run = inference.run(model, { a: [1], b: [2] }, 1).then(() => order.push('answer'));
    for (let turn = 0; turn < 5; turn++) {
      await new Promise((resume) => setTimeout(resume, 0));
      order.push('turn');
    }
    await run;
    expect(order).toEqual(['turn', 'turn', 'turn', 'turn', 'turn', 'answer']);
  });

  test.each(['process.exit(7)', "throw new Error('boom')"])(
    'a thread that dies by %s fails its own calls as retryable, is replaced and serves again',
    async (death) => {
      const { graph, manifest } = sumModel('float32', ['a', 'b']);
      const model = await modelOf(manifest, graph);
      const threadUrl = await mortalThread(death);
      const inference = await start({ threads: 1, threadUrl });
      await inference.load(model);
      const calls = await Promise.allSettled([
        inference.run(model, { a: [666], b: [0] }, 1),
        inference.run(model, { a: [1], b: [0] }, 1),
      ]);
      for (const call of calls) {
        expect(call.status).toBe('rejected');
        const reason: unknown = call.status === 'rejected' ? call.reason : undefined;
        expect(reason).toBeInstanceOf(AppError);
        expect(reason).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
      }
      expect(inference.loaded()).toEqual([]);
      const { outputs } = await inference.run(model, { a: [4], b: [5] }, 1);
      expect(outputs.value).toEqual([9]);
      expect(inference.loaded()).toEqual(['sum@1']);
      expect(logged.filter((l) => l['msg'] === 'an inference thread stopped unexpectedly')).toHaveLength(1);
    },
  );

  test('a thread that dies leaves the calls of the others alone', async () => {
    const { graph, manifest } = sumModel('float32', ['a', 'b']);
    const model = await modelOf(manifest, graph);
    const inference = await start({ threads: 2, threadUrl: await mortalThread('process.exit(7)') });
    await inference.load(model);
    const [fatal, other] = await Promise.allSettled([
      inference.run(model, { a: [666], b: [0] }, 1),
      inference.run(model, { a: [1], b: [0] }, 1),
    ]);
    expect(fatal.status).toBe('rejected');
    expect(other).toMatchObject({ status: 'fulfilled', value: { outputs: { value: [1] } } });
  });

  test('a thread program that cannot start fails the start', async () => {
    const nowhere = pathToFileURL(join(dir, 'nowhere.js'));
    await expect(start({ threadUrl: nowhere })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('close waits for running calls and refuses new ones', async () => {
    const { graph, manifest } = slowModel(1000);
    const inference = await start({ threads: 1 });
    const model = await modelOf(manifest, graph);
    const run = inference.run(model, { a: [1], b: [2] }, 1);
    const closing = inference.close();
    await expect(inference.run(model, { a: [1], b: [2] }, 1)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect((await run).outputs.label).toEqual(['yes']);
    await closing;
  });
});

describe('providers', () => {
  test('the CPU is what there is without asking', async () => {
    expect((await start({ threads: 1 })).providers).toEqual(['cpu']);
  });

  test('a provider that cannot be had is logged once and left out; models run on the CPU', async () => {
    const inference = await start({ threads: 2, providers: ['no-such-device', 'cpu'] });
    expect(inference.providers).toEqual(['cpu']);
    expect(logged.filter((l) => l['provider'] === 'no-such-device')).toHaveLength(1);
    const { outputs } = await inference.run(await mixed(), { a: [1], b: [2], colour: ['red'] }, 1);
    expect(outputs.label).toEqual(['third']);
  });

  test('asking for cuda serves with or without its libraries', async () => {
    const inference = await start({ threads: 1, providers: ['cuda', 'cpu'] });
    expect([['cpu'], ['cuda', 'cpu']]).toContainEqual(inference.providers);
    const { outputs } = await inference.run(await mixed(), { a: [1], b: [2], colour: ['red'] }, 1);
    expect(outputs.label).toEqual(['third']);
  });
});

/** The real thread program, which dies the given way on a run whose first value is 666. */
async function mortalThread(death: string): Promise<URL> {
  const path = join(dir, `mortal-${folders++}.mjs`);
  await writeFile(
    path,
    `import { parentPort } from 'node:worker_threads';
     await import(${JSON.stringify(sessionThreadUrl.href)});
     parentPort.on('message', ({ call }) => {
       if (call?.kind === 'run' && call.tensors[0][0] === 666) ${death};
     });`,
  );
  return pathToFileURL(path);
}

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mixedGraph, mixedManifest, writeVersion } from '../../test/support/tiny-model.js';
import type { Graph } from '../onnx/write-model.js';
import { loadRegistry, ModelsError } from './load-registry.js';

const log = pino({ level: 'silent' });
let modelsDir = '';

beforeEach(async () => {
  modelsDir = await mkdtemp(join(tmpdir(), 'vigie-models-'));
});
afterEach(() => rm(modelsDir, { recursive: true }));

async function writeModelFolder(
  name: string,
  {
    manifest = {},
    graph = {},
    versions = [1],
  }: { manifest?: object; graph?: Partial<Graph>; versions?: number[] } = {},
): Promise<void> {
  const folder = join(modelsDir, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.json'), JSON.stringify({ ...mixedManifest, name, ...manifest }));
  for (const version of versions)
    await writeVersion(join(folder, String(version)), { ...mixedGraph, ...graph });
}

async function problems(): Promise<string> {
  const error: unknown = await loadRegistry({ modelsDir, log }).catch((e: unknown) => e);
  if (!(error instanceof ModelsError)) throw new Error('the registry loaded');
  return error.problems
    .join('\n')
    .replaceAll(modelsDir, 'models')
    .replace(/[0-9a-f]{64}/g, '<sha256>');
}

describe('what is there', () => {
  test('every model and version is found; the highest version serves', async () => {
    await writeModelFolder('beta', { versions: [2, 10, 1] });
    await writeModelFolder('alpha');
    const registry = await loadRegistry({ modelsDir, log });
    expect(registry.models().map((m) => m.manifest.name)).toEqual(['alpha', 'beta']);
    const { versions, production } = registry.model('beta');
    expect(versions.map((v) => [v.version, v.stage])).toEqual([
      [1, 'none'],
      [2, 'none'],
      [10, 'production'],
    ]);
    expect(production.version).toBe(10);
    expect(registry.version('beta').version).toBe(production);
    expect(registry.version('beta', 2).version).toMatchObject({
      model: 'beta',
      version: 2,
      onnxPath: join(modelsDir, 'beta', '2', 'model.onnx'),
      inputs: mixedGraph.inputs,
      outputs: mixedGraph.outputs,
    });
  });

  test('the version the manifest names serves', async () => {
    await writeModelFolder('beta', { versions: [1, 2], manifest: { production: 1 } });
    const registry = await loadRegistry({ modelsDir, log });
    expect(registry.model('beta').production.version).toBe(1);
  });

  test('files and folders that are no models are passed over', async () => {
    await writeModelFolder('alpha');
    await writeFile(join(modelsDir, 'models.test.ts'), '');
    await mkdir(join(modelsDir, 'notes'));
    await mkdir(join(modelsDir, 'alpha', 'drafts'));
    const registry = await loadRegistry({ modelsDir, log });
    expect(registry.models()).toHaveLength(1);
  });

  test('an unknown model or version is a coded error that lists what there is', async () => {
    await writeModelFolder('alpha', { versions: [1, 3] });
    const registry = await loadRegistry({ modelsDir, log });
    expect(() => registry.model('__proto__')).toThrow(
      expect.objectContaining({
        code: 'MODEL_NOT_FOUND',
        message: expect.stringContaining('alpha') as string,
      }),
    );
    expect(() => registry.version('alpha', 2)).toThrow(
      expect.objectContaining({
        code: 'VERSION_NOT_FOUND',
        message: 'Model "alpha" has no version 2; it has 1, 3.',
      }),
    );
  });

  test('the models of this project load', async () => {
    const registry = await loadRegistry({ modelsDir: 'models', log });
    expect(registry.models().map((m) => m.manifest.name)).toEqual([
      'air-quality-ventilation',
      'iris-classifier',
      'orange-tree-detector',
    ]);
    for (const { production } of registry.models()) expect(production.reference).toBeDefined();
  });
});

describe('what is wrong', () => {
  test('a folder without models says so', async () => {
    expect(await problems()).toContain('models: there is no model here');
  });

  test('a folder that does not exist says so', async () => {
    modelsDir = join(modelsDir, 'nowhere');
    await expect(loadRegistry({ modelsDir, log })).rejects.toThrow('cannot be read');
    modelsDir = join(modelsDir, '..');
  });

  test('all problems of all models are told at once, each with its file', async () => {
    await writeModelFolder('alpha', { manifest: { name: 'omega' } });
    await writeModelFolder('beta', { versions: [] });
    await writeModelFolder('gamma', { manifest: { production: 7, classes: ['x', 'y'] } });
    await writeModelFolder('delta', { manifest: { title: 3, colour: 'red' } });
    await writeModelFolder('epsilon', { versions: [1, 2] });
    await rm(join(modelsDir, 'epsilon', '1', 'version.json'));
    await writeFile(join(modelsDir, 'epsilon', '2', 'model.onnx'), 'not a model');
    expect(await problems()).toMatchInlineSnapshot(`
      "models/alpha/model.json: the manifest is named "omega", its folder "alpha"
      models/beta: there is no version: no folder named 1, 2, ...
      models/delta/model.json: title: Invalid input: expected string, received number
      models/delta/model.json: Unrecognized key: "colour"
      models/epsilon/1/version.json: the file is missing
      models/epsilon/2/model.onnx: the file has SHA-256 <sha256>, version.json says <sha256>
      models/epsilon/2/model.onnx: This file is not an ONNX model: it cannot be decoded.
      models/gamma/model.json: production is version 7, the folders are 1
      models/gamma/1/model.onnx: the manifest reads probabilities of 2 classes (x, y) from output "probabilities", the file's is "probabilities" float32 [rows, 3]"
    `);
  });

  const mismatches: [string, Parameters<typeof writeModelFolder>[1], string][] = [
    [
      'a tensor the file does not have',
      { manifest: { inputs: [{ tensor: 'digits', features: ['a', 'b'] }, mixedManifest.inputs[1]] } },
      'the manifest fills input "digits", the file has "numbers" float32 [rows, 2], "colours" string [rows, 1]',
    ],
    [
      'a tensor the manifest does not fill',
      { graph: { inputs: [...mixedGraph.inputs, { name: 'extra', type: 'int64', shape: ['rows', 1] }] } },
      'the file takes input "extra" int64 [rows, 1], the manifest fills only "numbers", "colours"',
    ],
    [
      'another number of columns',
      {
        graph: {
          inputs: [{ name: 'numbers', type: 'float32', shape: ['rows', 3] }, ...mixedGraph.inputs.slice(1)],
        },
      },
      'the manifest fills input "numbers" with 2 features (a, b), the file\'s is "numbers" float32 [rows, 3]',
    ],
    [
      'another number of dimensions',
      {
        graph: {
          inputs: [{ name: 'numbers', type: 'float32', shape: ['rows'] }, ...mixedGraph.inputs.slice(1)],
        },
      },
      'the manifest fills input "numbers" with [rows, 2], the file\'s is "numbers" float32 [rows]',
    ],
    [
      'numbers for an integer tensor',
      {
        graph: {
          inputs: [{ name: 'numbers', type: 'int64', shape: ['rows', 2] }, ...mixedGraph.inputs.slice(1)],
        },
      },
      'with optional number "b", which needs float32 or float64, the file\'s is "numbers" int64 [rows, 2]',
    ],
    [
      'a category for a number tensor',
      {
        graph: {
          inputs: [
            ...mixedGraph.inputs.slice(0, 1),
            { name: 'colours', type: 'float32', shape: ['rows', 1] },
          ],
        },
      },
      'with category "colour", which needs string, the file\'s is "colours" float32 [rows, 1]',
    ],
    [
      'a fixed number of rows',
      {
        graph: {
          inputs: [{ name: 'numbers', type: 'float32', shape: [4, 2] }, ...mixedGraph.inputs.slice(1)],
        },
      },
      "the manifest allows batches of up to 1000 rows (maxBatchRows), the file's input is fixed at 4",
    ],
    [
      'an output the file does not have',
      { manifest: { outputs: { probabilities: 'scores' } } },
      'from output "scores", the file has "probabilities" float32 [rows, 3]',
    ],
    [
      'another number of classes',
      { manifest: { classes: ['x', 'y'] } },
      'the manifest reads probabilities of 2 classes (x, y) from output "probabilities", the file\'s is "probabilities" float32 [rows, 3]',
    ],
  ];
  test.each(mismatches)('%s names both sides', async (_, options, message) => {
    await writeModelFolder('alpha', options);
    const told = await problems();
    expect(told).toContain('models/alpha/1/model.onnx: ');
    expect(told).toContain(message);
  });

  test('dimensions without a number fit any manifest', async () => {
    const outputs: Graph['outputs'] = [{ name: 'probabilities', type: 'float32', shape: ['rows', 'k'] }];
    await writeModelFolder('alpha', { graph: { outputs } });
    await expect(loadRegistry({ modelsDir, log })).resolves.toBeDefined();
  });

  test('a reference profile of features the model does not have is refused', async () => {
    await writeModelFolder('alpha');
    const column = { kind: 'category', count: 1, missing: 0, counts: { red: 1 } };
    await writeFile(
      join(modelsDir, 'alpha', '1', 'reference.json'),
      JSON.stringify({ rows: 1, features: { shade: column, a: column, colour: column }, outputs: {} }),
    );
    expect(await problems()).toBe(
      'models/alpha/1/reference.json: it profiles "shade", which is not a feature in model.json\n' +
        'models/alpha/1/reference.json: it profiles "a" as category, in model.json it is a number',
    );
  });
});

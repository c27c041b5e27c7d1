// Small ONNX models written on the spot, for tests that need a model of a certain shape and not its wisdom.
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelManifestSchema, type ModelManifest } from '../../src/manifest/model-manifest.js';
import { writeModel, type Graph } from '../../src/onnx/write-model.js';

/** What `model.json` holds for the graphs of `mixedGraph`: softmax over (a, b, code of colour). */
export const mixedManifest = {
  name: 'mixed',
  title: 'Numbers and a category',
  task: 'classification',
  features: [
    { name: 'a', type: 'number', example: 1 },
    { name: 'b', type: 'number', required: false },
    { name: 'colour', type: 'category', categories: ['red', 'green'] },
  ],
  classes: ['first', 'second', 'third'],
  inputs: [
    { tensor: 'numbers', features: ['a', 'b'] },
    { tensor: 'colours', features: ['colour'] },
  ],
  outputs: { probabilities: 'probabilities' },
};

/** Red is 10, green is 20, any other colour 0; so `a = 1, b = 2, red` answers softmax(1, 2, 10). */
export const mixedGraph: Graph = {
  name: 'mixed',
  inputs: [
    { name: 'numbers', type: 'float32', shape: ['rows', 2] },
    { name: 'colours', type: 'string', shape: ['rows', 1] },
  ],
  outputs: [{ name: 'probabilities', type: 'float32', shape: ['rows', 3] }],
  initializers: [],
  nodes: [
    {
      op: 'LabelEncoder',
      domain: 'ai.onnx.ml',
      inputs: ['colours'],
      outputs: ['codes'],
      attributes: {
        keys_strings: { kind: 'strings', value: ['red', 'green'] },
        values_floats: { kind: 'floats', value: [10, 20] },
        default_float: { kind: 'float', value: 0 },
      },
    },
    {
      op: 'Concat',
      inputs: ['numbers', 'codes'],
      outputs: ['all'],
      attributes: { axis: { kind: 'int', value: 1 } },
    },
    { op: 'Softmax', inputs: ['all'], outputs: ['probabilities'] },
  ],
};

/** Parsed as a file would be. */
export function manifestOf(json: unknown): ModelManifest {
  return modelManifestSchema.parse(json);
}

/** A `[rows, features]` regression whose value is the sum of its inputs, of the given element type. */
export function sumModel(type: 'float32' | 'int64' | 'int32', features: readonly string[]) {
  const graph: Graph = {
    name: 'sum',
    inputs: [{ name: 'x', type, shape: ['rows', features.length] }],
    outputs: [{ name: 'total', type: 'float32', shape: ['rows', 1] }],
    initializers: [{ name: 'axes', type: 'int64', dims: [1], values: [1] }],
    nodes: [
      { op: 'Cast', inputs: ['x'], outputs: ['f'], attributes: { to: { kind: 'int', value: 1 } } },
      {
        op: 'ReduceSum',
        inputs: ['f', 'axes'],
        outputs: ['total'],
        attributes: { keepdims: { kind: 'int', value: 1 } },
      },
    ],
  };
  const manifest = manifestOf({
    name: 'sum',
    title: 'Sum',
    task: 'regression',
    features: features.map((name) => ({
      name,
      type: type === 'float32' ? 'number' : 'integer',
      required: false,
    })),
    inputs: [{ tensor: 'x', features }],
    outputs: { value: 'total' },
  });
  return { graph, manifest };
}

/** Softmax of two numbers after a multiplication of two `size` x `size` matrices, which costs `2 * size^3` operations. */
export function slowModel(size: number) {
  const keep = { keepdims: { kind: 'int', value: 1 } } as const;
  const graph: Graph = {
    name: 'slow',
    inputs: [{ name: 'x', type: 'float32', shape: ['rows', 2] }],
    outputs: [{ name: 'probabilities', type: 'float32', shape: ['rows', 2] }],
    initializers: [
      { name: 'square', type: 'int64', dims: [2], values: [size, size] },
      { name: 'zero', type: 'float32', dims: [1], values: [0] },
    ],
    // The big matrix hangs on the input, so that it is not computed once and for all when the session is made.
    nodes: [
      { op: 'ReduceMean', inputs: ['x'], outputs: ['mean'], attributes: keep },
      { op: 'Expand', inputs: ['mean', 'square'], outputs: ['matrix'] },
      { op: 'MatMul', inputs: ['matrix', 'matrix'], outputs: ['product'] },
      { op: 'ReduceMean', inputs: ['product'], outputs: ['number'], attributes: keep },
      { op: 'Mul', inputs: ['number', 'zero'], outputs: ['nothing'] },
      { op: 'Add', inputs: ['x', 'nothing'], outputs: ['y'] },
      { op: 'Softmax', inputs: ['y'], outputs: ['probabilities'] },
    ],
  };
  const manifest = manifestOf({
    name: 'slow',
    title: 'Slow',
    task: 'classification',
    features: ['a', 'b'].map((name) => ({ name, type: 'number' })),
    classes: ['no', 'yes'],
    inputs: [{ tensor: 'x', features: ['a', 'b'] }],
    outputs: { probabilities: 'probabilities' },
  });
  return { graph, manifest };
}

/** Writes `folder` as a version folder; answers where the model lies and its checksum. */
export async function writeVersion(
  folder: string,
  graph: Graph,
): Promise<{ onnxPath: string; sha256: string }> {
  const bytes = writeModel(graph);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const onnxPath = join(folder, 'model.onnx');
  await mkdir(folder, { recursive: true });
  await writeFile(onnxPath, bytes);
  await writeFile(
    join(folder, 'version.json'),
    JSON.stringify({ createdAt: '2025-01-01T00:00:00Z', sha256, metrics: {}, training: {} }),
  );
  return { onnxPath, sha256 };
}

import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { writeModel, type Graph } from './write-model.js';

const scale: Graph = {
  name: 'scale',
  inputs: [{ name: 'x', type: 'float32', shape: ['batch', 2] }],
  outputs: [{ name: 'y', type: 'float32', shape: ['batch', 2] }],
  initializers: [{ name: 'factor', type: 'float32', dims: [2], values: [10, -0.5] }],
  nodes: [{ op: 'Mul', inputs: ['x', 'factor'], outputs: ['y'] }],
};

describe('writeModel', () => {
  it('writes a model that ONNX Runtime loads and runs with any batch size', async () => {
    const session = await InferenceSession.create(writeModel(scale));
    for (const rows of [1, 3]) {
      const x = new Tensor('float32', new Float32Array(rows * 2).fill(4), [rows, 2]);
      const { y } = await session.run({ x });
      expect(y?.dims).toEqual([rows, 2]);
      expect(y?.data.slice(0, 2)).toEqual(new Float32Array([40, -2]));
    }
    await session.release();
  });

  it('gives the same bytes for the same graph', () => {
    expect(writeModel(scale)).toEqual(writeModel(structuredClone(scale)));
  });

  it('carries every kind of attribute and initializer, zeros included', async () => {
    const session = await InferenceSession.create(
      writeModel({
        name: 'everything',
        inputs: [{ name: 'words', type: 'string', shape: ['batch', 1] }],
        outputs: [
          { name: 'flat', type: 'float32', shape: [2, 'batch'] },
          { name: 'leaky', type: 'float32', shape: [1] },
          { name: 'known', type: 'string', shape: [2] },
        ],
        initializers: [
          { name: 'columns', type: 'int64', dims: [2], values: [-1, 2] },
          { name: 'minus', type: 'float32', dims: [1], values: [-3] },
          { name: 'names', type: 'string', dims: [2], values: ['ä', 'b'] },
        ],
        nodes: [
          {
            op: 'OneHotEncoder',
            domain: 'ai.onnx.ml',
            inputs: ['words'],
            outputs: ['encoded'],
            attributes: {
              cats_strings: { kind: 'strings', value: ['ä', 'b'] },
              zeros: { kind: 'int', value: 1 },
            },
          },
          {
            op: 'Reshape',
            inputs: ['encoded', 'columns'],
            outputs: ['rows'],
            attributes: { allowzero: { kind: 'int', value: 0 } },
          },
          {
            op: 'Transpose',
            inputs: ['rows'],
            outputs: ['flat'],
            attributes: { perm: { kind: 'ints', value: [1, 0] } },
          },
          {
            op: 'LeakyRelu',
            inputs: ['minus'],
            outputs: ['leaky'],
            attributes: { alpha: { kind: 'float', value: 0 } },
          },
          { op: 'Identity', inputs: ['names'], outputs: ['known'] },
        ],
      }),
    );
    const result = await session.run({ words: new Tensor('string', ['b', 'ä', 'c'], [3, 1]) });
    expect([...(result['flat']?.data ?? [])]).toEqual([0, 1, 0, 1, 0, 0]);
    expect(Number(result['leaky']?.data[0])).toBeCloseTo(0);
    expect(result['known']?.data).toEqual(['ä', 'b']);
    await session.release();
  });

  it('refuses an initializer whose values do not fill its dims, by name', () => {
    const broken: Graph = {
      ...scale,
      initializers: [{ name: 'factor', type: 'float32', dims: [2, 3], values: [1, 2] }],
    };
    expect(() => writeModel(broken)).toThrow('initializer "factor" of dims [2, 3] wants 6 values, not 2');
  });
});

import { describe, expect, it } from 'vitest';
import { createModelMessage } from './onnx-messages.js';
import { NotAnOnnxModelError, readSignature } from './read-signature.js';
import { writeModel } from './write-model.js';

const model = writeModel({
  name: 'two inputs',
  inputs: [
    { name: 'numbers', type: 'float32', shape: ['batch', 3] },
    { name: 'word', type: 'string', shape: ['batch', 1] },
    { name: 'bias', type: 'float32', shape: [3] },
  ],
  outputs: [{ name: 'count', type: 'int64', shape: ['batch'] }],
  initializers: [{ name: 'bias', type: 'float32', dims: [3], values: [1, 2, 3] }],
  nodes: [{ op: 'Add', inputs: ['numbers', 'bias'], outputs: ['sum'] }],
});

/** A model whose graph is only what the signature needs, for shapes that the writer does not write. */
function encodeGraph(graph: object): Uint8Array {
  return createModelMessage().encode({ irVersion: 8, graph }).finish();
}

describe('readSignature', () => {
  it('reads names, types and shapes and leaves initializers out of the inputs', () => {
    expect(readSignature(model)).toEqual({
      inputs: [
        { name: 'numbers', type: 'float32', shape: ['batch', 3] },
        { name: 'word', type: 'string', shape: ['batch', 1] },
      ],
      outputs: [{ name: 'count', type: 'int64', shape: ['batch'] }],
    });
  });

  it('names what it cannot know: free dimensions, an unknown rank, element types of a later ONNX', () => {
    const output = [
      {
        name: 'free',
        type: { tensorType: { elemType: 11, shape: { dim: [{}, { dimValue: 4 }, { dimParam: '' }] } } },
      },
      { name: 'rank', type: { tensorType: { elemType: 9 } } },
      { name: 'scalar', type: { tensorType: { elemType: 6, shape: {} } } },
      { name: 'later', type: { tensorType: { elemType: 99, shape: {} } } },
    ];
    expect(readSignature(encodeGraph({ output })).outputs).toEqual([
      { name: 'free', type: 'float64', shape: ['?', 4, '?'] },
      { name: 'rank', type: 'bool', shape: ['...'] },
      { name: 'scalar', type: 'int32', shape: [] },
      { name: 'later', type: 'unknown', shape: [] },
    ]);
  });

  it('says which outputs are no tensors', () => {
    const output = ['sequenceType', 'mapType', 'optionalType', 'sparseTensorType', 'opaqueType'].map(
      (kind) => ({
        name: kind,
        type: { [kind]: new Uint8Array([8, 1]) },
      }),
    );
    expect(readSignature(encodeGraph({ output })).outputs.map(({ type }) => type)).toEqual([
      'sequence',
      'map',
      'optional',
      'sparse',
      'opaque',
    ]);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['text', new TextEncoder().encode('{"name": "a manifest, not a model"}')],
    ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13])],
    ['zeros', new Uint8Array(64)],
    ['a model cut short', model.slice(0, model.length / 2)],
    ['a model without a graph', createModelMessage().encode({ irVersion: 8 }).finish()],
    ['a graph without outputs', encodeGraph({ name: 'empty' })],
  ])('refuses %s', (_, bytes) => {
    expect(() => readSignature(bytes)).toThrow(NotAnOnnxModelError);
  });

  it('takes no copy of the weights of a large model', () => {
    const weights = Array.from({ length: 2_000_000 }, () => 0.5);
    const large = writeModel({
      name: 'large',
      inputs: [{ name: 'x', type: 'float32', shape: ['batch', 1] }],
      outputs: [{ name: 'y', type: 'float32', shape: ['batch', 1] }],
      initializers: [{ name: 'w', type: 'float32', dims: [weights.length], values: weights }],
      nodes: [],
    });
    expect(large.length).toBeGreaterThan(8_000_000);
    readSignature(large);
    const before = process.memoryUsage();
    const signature = readSignature(large);
    const after = process.memoryUsage();
    expect(signature.inputs).toHaveLength(1);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(1_000_000);
  });
});

import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeModel } from '../onnx/write-model.js';
import { createClassifierGraph } from './classifier-graph.js';
import { predictProbabilities, type DenseLayer, type Network } from './network.js';
import { prepare, type PreparedInput } from './preprocessing.js';
import { createRandom } from './random.js';

const inputs: readonly PreparedInput[] = [
  {
    kind: 'numeric',
    tensor: 'numbers',
    columns: [
      { feature: 'a', mean: 2, std: 0.5 },
      { feature: 'b', mean: -300, std: 40 },
    ],
  },
  { kind: 'category', tensor: 'kind', feature: 'kind', categories: ['x', 'y', 'z'] },
];
const random = createRandom(11);
const dense = (rows: number, columns: number): DenseLayer => ({
  inputs: rows,
  outputs: columns,
  weights: Float64Array.from({ length: rows * columns }, () => random.normal()),
  biases: Float64Array.from({ length: columns }, () => random.normal()),
});
const network: Network = { layers: [dense(5, 6), dense(6, 3)] };

const instances = [
  ...Array.from({ length: 200 }, () => ({
    a: random.normal(2, 1),
    b: random.normal(-300, 80),
    kind: random.choice(['x', 'y', 'z', 'never seen', '']),
  })),
  { a: NaN, b: NaN, kind: 'x' },
  { a: Infinity, b: -Infinity, kind: 'y' },
  { a: 1e300, b: -1e38, kind: 'z' },
];

describe('a classifier graph in ONNX Runtime', () => {
  let session: InferenceSession;
  beforeAll(async () => {
    session = await InferenceSession.create(writeModel(createClassifierGraph('test', inputs, network)));
  });
  afterAll(() => session.release());

  it('answers what the trained network answers, missing, infinite and unknown values included', async () => {
    const n = instances.length;
    const { probabilities } = await session.run({
      numbers: new Tensor('float32', Float32Array.from(instances.flatMap(({ a, b }) => [a, b])), [n, 2]),
      kind: new Tensor(
        'string',
        instances.map(({ kind }) => kind),
        [n, 1],
      ),
    });
    expect(probabilities?.dims).toEqual([n, 3]);
    for (const [row, instance] of instances.entries()) {
      const expected = predictProbabilities(network, prepare(inputs, instance));
      for (const [j, p] of expected.entries())
        expect(Number(probabilities?.data[row * 3 + j]), `row ${row}`).toBeCloseTo(p, 5);
    }
  });

  it('is refused when the network does not fit its inputs', () => {
    expect(() => createClassifierGraph('test', inputs.slice(0, 1), network)).toThrow(
      'the network takes 5 numbers, the inputs make 2',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { trainMlp, type MlpOptions } from './mlp.js';
import { predictProbabilities, type Network } from './network.js';
import { createRandom } from './random.js';

const options: MlpOptions = { hidden: [8, 4], epochs: 60, batchSize: 16, learningRate: 0.02, l2: 0 };
const random = createRandom(1);
const x = Array.from({ length: 400 }, () => Float64Array.of(random.uniform(-1, 1), random.uniform(-1, 1)));
const y = x.map(([a = 0, b = 0]) => (a * b > 0 ? 1 : 0));

describe('trainMlp', () => {
  const train = (seed: number): Network => trainMlp(x, y, 2, options, createRandom(seed));
  const network = train(2);

  it('learns what no line can separate', () => {
    const hits = x.filter((row, n) => (predictProbabilities(network, row)[1] ?? 0) > 0.5 === (y[n] === 1));
    expect(hits.length / x.length).toBeGreaterThan(0.97);
  });

  it('gives the same network for the same seed', () => {
    expect(train(2)).toEqual(network);
    expect(train(3)).not.toEqual(network);
  });

  it('is held back by the penalty', () => {
    const size = (trained: Network): number =>
      trained.layers.reduce((sum, layer) => sum + layer.weights.reduce((s, w) => s + w * w, 0), 0);
    expect(size(trainMlp(x, y, 2, { ...options, l2: 0.05 }, createRandom(2)))).toBeLessThan(
      size(network) / 2,
    );
  });
});

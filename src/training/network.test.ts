import { expect, it } from 'vitest';
import { predictProbabilities, softmax } from './network.js';

it('softmax holds for logits that would overflow an exponential', () => {
  expect([...softmax(Float64Array.of(1000, 1000))]).toEqual([0.5, 0.5]);
  expect([...softmax(Float64Array.of(-1000, 1000))]).toEqual([0, 1]);
});

it('computes softmax(W2 relu(W1 x + b1) + b2)', () => {
  const network = {
    layers: [
      { inputs: 2, outputs: 2, weights: Float64Array.of(1, -1, 2, 1), biases: Float64Array.of(0, -10) },
      { inputs: 2, outputs: 2, weights: Float64Array.of(1, 0, 5, 5), biases: Float64Array.of(-7, 0) },
    ],
  };
  // Hidden: relu(1*3 + 2*2) = 7 and relu(-3 + 2 - 10) = 0; logits 7 - 7 = 0 and 0.
  expect([...predictProbabilities(network, Float64Array.of(3, 2))]).toEqual([0.5, 0.5]);
});

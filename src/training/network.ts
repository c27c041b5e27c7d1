// A feed-forward classifier: dense layers, ReLU between them, softmax at the end. One layer alone is a logistic regression.
import { roundTo } from './rounding.js';

/** `weights` is row-major `[inputs, outputs]`. */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float64Array;
  readonly biases: Float64Array;
}

export interface Network {
  readonly layers: readonly DenseLayer[];
}

/** Probabilities of the classes for one prepared instance; they sum to 1. */
export function predictProbabilities(network: Network, x: Float64Array): Float64Array {
  let values = x;
  for (const [index, layer] of network.layers.entries()) {
    values = applyLayer(layer, values);
    if (index < network.layers.length - 1) values = values.map((v) => Math.max(0, v));
  }
  return softmax(values);
}

/** `x W + b`. */
export function applyLayer(layer: DenseLayer, x: Float64Array): Float64Array {
  const y = layer.biases.slice();
  for (let i = 0; i < layer.inputs; i++) {
    const xi = x[i] ?? 0;
    if (xi === 0) continue;
    const row = i * layer.outputs;
    for (let j = 0; j < layer.outputs; j++) y[j] = (y[j] ?? 0) + xi * (layer.weights[row + j] ?? 0);
  }
  return y;
}

/** Softmax, shifted by the largest logit so that nothing overflows. */
export function softmax(logits: Float64Array): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const exponentials = logits.map((z) => Math.exp(z - largest));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((e) => e / sum);
}

/** The network as it is written to a file. */
export function roundNetwork(network: Network, decimals: number): Network {
  return {
    layers: network.layers.map((layer) => ({
      ...layer,
      weights: layer.weights.map((w) => roundTo(w, decimals)),
      biases: layer.biases.map((b) => roundTo(b, decimals)),
    })),
  };
}

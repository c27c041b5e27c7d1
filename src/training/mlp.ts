// A small multi-layer perceptron, trained with Adam.
import { applyLayer, softmax, type DenseLayer, type Network } from './network.js';
import type { Random } from './random.js';

export interface MlpOptions {
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  readonly epochs: number;
  readonly batchSize: number;
  /** At the start; falls linearly to a hundredth of itself. */
  readonly learningRate: number;
  /** Weight of the L2 penalty on the weights (not the biases), per example. */
  readonly l2: number;
}

/**
 * Minimises mean cross-entropy + l2/2 |W|^2 by Adam (Kingma and Ba 2015, beta 0.9 and 0.999) over shuffled mini-batches,
 * from He's initial weights. `y` holds class indexes. The same data, options and seed give the same network.
 */
export function trainMlp(
  x: readonly Float64Array[],
  y: readonly number[],
  classes: number,
  options: MlpOptions,
  random: Random,
): Network {
  const sizes = [x[0]?.length ?? 0, ...options.hidden, classes];
  const layers = sizes.slice(1).map((outputs, i) => initialLayer(sizes[i] ?? 0, outputs, random));
  const gradients = layers.map((layer) => emptyLike(layer));
  const adam = layers.map((layer) => ({ mean: emptyLike(layer), square: emptyLike(layer) }));
  const batches = Math.ceil(x.length / options.batchSize);
  const steps = options.epochs * batches;
  let step = 0;
  // Powers of beta 0.9 and 0.999, which correct the start from zero moments.
  let [meanPower, squarePower] = [1, 1];

  for (let epoch = 0; epoch < options.epochs; epoch++) {
    const order = random.shuffle([...x.keys()]);
    for (let start = 0; start < order.length; start += options.batchSize) {
      const batch = order.slice(start, start + options.batchSize);
      for (const gradient of gradients) {
        gradient.weights.fill(0);
        gradient.biases.fill(0);
      }
      for (const n of batch) addGradient(layers, gradients, x[n] ?? new Float64Array(0), y[n] ?? 0);
      const rate = options.learningRate * (1 - (0.99 * step) / steps);
      step++;
      meanPower *= 0.9;
      squarePower *= 0.999;
      for (const [i, layer] of layers.entries()) {
        const [gradient, moments] = [gradients[i], adam[i]];
        if (gradient === undefined || moments === undefined) continue;
        for (const part of ['weights', 'biases'] as const) {
          const decay = part === 'weights' ? options.l2 : 0;
          adamStep(layer[part], gradient[part], moments.mean[part], moments.square[part], {
            rate,
            rows: batch.length,
            decay,
            meanScale: 1 / (1 - meanPower),
            squareScale: 1 / (1 - squarePower),
          });
        }
      }
    }
  }
  return { layers };
}

function initialLayer(inputs: number, outputs: number, random: Random): DenseLayer {
  const std = Math.sqrt(2 / Math.max(1, inputs));
  return {
    inputs,
    outputs,
    weights: Float64Array.from({ length: inputs * outputs }, () => random.normal(0, std)),
    biases: new Float64Array(outputs),
  };
}

function emptyLike({ inputs, outputs }: DenseLayer): DenseLayer {
  return { inputs, outputs, weights: new Float64Array(inputs * outputs), biases: new Float64Array(outputs) };
}

// Adds one example's gradient of the cross-entropy to the sums of its batch.
function addGradient(
  layers: readonly DenseLayer[],
  sums: readonly DenseLayer[],
  x: Float64Array,
  truth: number,
): void {
  const inputs: Float64Array[] = [];
  let values = x;
  for (const layer of layers) {
    inputs.push(values);
    values = applyLayer(layer, values);
    if (inputs.length < layers.length) values = values.map((v) => Math.max(0, v));
  }
  let error = softmax(values).map((p, j) => (j === truth ? p - 1 : p));

  for (let k = layers.length - 1; k >= 0; k--) {
    const [layer, sum, input] = [layers[k], sums[k], inputs[k]];
    if (layer === undefined || sum === undefined || input === undefined) return;
    const { outputs } = layer;
    const below = new Float64Array(layer.inputs);
    for (let j = 0; j < outputs; j++) sum.biases[j] = (sum.biases[j] ?? 0) + (error[j] ?? 0);
    for (let i = 0; i < layer.inputs; i++) {
      const xi = input[i] ?? 0;
      // A zero here is a unit ReLU switched off, through which nothing flows back; the lowest layer needs no error at all.
      if (xi === 0) continue;
      let back = 0;
      for (let j = 0; j < outputs; j++) {
        const at = i * outputs + j;
        const e = error[j] ?? 0;
        sum.weights[at] = (sum.weights[at] ?? 0) + e * xi;
        back += e * (layer.weights[at] ?? 0);
      }
      below[i] = back;
    }
    error = below;
  }
}

function adamStep(
  values: Float64Array,
  sums: Float64Array,
  means: Float64Array,
  squares: Float64Array,
  {
    rate,
    rows,
    decay,
    meanScale,
    squareScale,
  }: Record<'rate' | 'rows' | 'decay' | 'meanScale' | 'squareScale', number>,
): void {
  for (let i = 0; i < values.length; i++) {
    const g = (sums[i] ?? 0) / rows + decay * (values[i] ?? 0);
    const m = 0.9 * (means[i] ?? 0) + 0.1 * g;
    const v = 0.999 * (squares[i] ?? 0) + 0.001 * g * g;
    means[i] = m;
    squares[i] = v;
    values[i] = (values[i] ?? 0) - (rate * m * meanScale) / (Math.sqrt(v * squareScale) + 1e-8);
  }
}

// Multinomial logistic regression.
import { applyLayer, softmax, type DenseLayer, type Network } from './network.js';

export interface LogisticRegressionOptions {
  /** Weight of the L2 penalty on the weights (not the biases), per example; must be positive. */
  readonly l2: number;
  readonly maxIterations?: number;
  /** Stops when no component of the gradient is larger. */
  readonly tolerance?: number;
}

/**
 * Minimises mean cross-entropy + l2/2 |W|^2 by accelerated gradient descent from zero (Nesterov 1983, restarted when it
 * overshoots). The minimum is unique, so where it ends does not depend on chance. `y` holds class indexes.
 */
export function trainLogisticRegression(
  x: readonly Float64Array[],
  y: readonly number[],
  classes: number,
  { l2, maxIterations = 20_000, tolerance = 1e-10 }: LogisticRegressionOptions,
): Network {
  const inputs = x[0]?.length ?? 0;
  const layer = emptyLayer(inputs, classes);
  const ahead = emptyLayer(inputs, classes);
  const previous = emptyLayer(inputs, classes);
  const step = 1 / (lipschitzBound(x) + l2);
  let momentum = 1;

  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const gradient = gradientAt(ahead, x, y, l2);
    if (largest(gradient.weights) < tolerance && largest(gradient.biases) < tolerance) break;
    const nextMomentum = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    let uphill = 0;
    for (const part of ['weights', 'biases'] as const) {
      for (let i = 0; i < layer[part].length; i++) {
        const before = layer[part][i] ?? 0;
        const after = (ahead[part][i] ?? 0) - step * (gradient[part][i] ?? 0);
        uphill += (gradient[part][i] ?? 0) * (after - before);
        previous[part][i] = before;
        layer[part][i] = after;
      }
    }
    const pull = uphill > 0 ? 0 : (momentum - 1) / nextMomentum;
    momentum = uphill > 0 ? 1 : nextMomentum;
    for (const part of ['weights', 'biases'] as const) {
      for (let i = 0; i < layer[part].length; i++) {
        const now = layer[part][i] ?? 0;
        ahead[part][i] = now + pull * (now - (previous[part][i] ?? 0));
      }
    }
  }
  return { layers: [layer] };
}

function emptyLayer(inputs: number, outputs: number): DenseLayer {
  return { inputs, outputs, weights: new Float64Array(inputs * outputs), biases: new Float64Array(outputs) };
}

// The curvature of softmax cross-entropy is at most half the mean squared length of the inputs, bias included.
function lipschitzBound(x: readonly Float64Array[]): number {
  const squares = x.map((row) => row.reduce((sum, v) => sum + v * v, 1));
  return squares.reduce((sum, v) => sum + v, 0) / Math.max(1, x.length) / 2;
}

function gradientAt(
  layer: DenseLayer,
  x: readonly Float64Array[],
  y: readonly number[],
  l2: number,
): DenseLayer {
  const gradient = emptyLayer(layer.inputs, layer.outputs);
  for (const [n, row] of x.entries()) {
    const p = softmax(applyLayer(layer, row));
    for (let j = 0; j < layer.outputs; j++) {
      const error = ((p[j] ?? 0) - (y[n] === j ? 1 : 0)) / x.length;
      gradient.biases[j] = (gradient.biases[j] ?? 0) + error;
      for (let i = 0; i < layer.inputs; i++) {
        const at = i * layer.outputs + j;
        gradient.weights[at] = (gradient.weights[at] ?? 0) + error * (row[i] ?? 0);
      }
    }
  }
  for (let i = 0; i < gradient.weights.length; i++)
    gradient.weights[i] = (gradient.weights[i] ?? 0) + l2 * (layer.weights[i] ?? 0);
  return gradient;
}

function largest(values: Float64Array): number {
  return values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
}

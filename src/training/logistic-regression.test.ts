import { describe, expect, it } from 'vitest';
import { trainLogisticRegression } from './logistic-regression.js';
import { predictProbabilities } from './network.js';

describe('trainLogisticRegression', () => {
  it('answers the shares of the classes when the features say nothing', () => {
    const x = Array.from({ length: 10 }, () => Float64Array.of(0));
    const network = trainLogisticRegression(x, [0, 0, 0, 0, 0, 1, 1, 1, 2, 2], 3, { l2: 0.01 });
    const p = predictProbabilities(network, Float64Array.of(0));
    expect(p[0]).toBeCloseTo(0.5, 8);
    expect(p[1]).toBeCloseTo(0.3, 8);
    expect(p[2]).toBeCloseTo(0.2, 8);
  });

  it('ends where the penalised gradient is zero', () => {
    const xs = [-2, -1, -0.5, 0.2, 0.3, 1, 1.5, 2.5];
    const y = [0, 0, 1, 0, 1, 0, 1, 1];
    const l2 = 0.1;
    const network = trainLogisticRegression(
      xs.map((v) => Float64Array.of(v)),
      y,
      2,
      { l2 },
    );
    const weights = network.layers[0]?.weights ?? new Float64Array();
    const errors = xs.map(
      (v, n) => (predictProbabilities(network, Float64Array.of(v))[1] ?? 0) - (y[n] ?? 0),
    );
    const slope =
      errors.reduce((sum, e, n) => sum + e * (xs[n] ?? 0), 0) / xs.length + l2 * (weights[1] ?? 0);
    expect(Math.abs(slope)).toBeLessThan(1e-9);
    expect(Math.abs(errors.reduce((sum, e) => sum + e, 0))).toBeLessThan(1e-8);
    expect(weights[1]).toBeGreaterThan(0);
  });
});

// Correction for many tests: parity with published values, and what every method promises.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustPValues, type AdjustmentMethod } from './multiple-testing.js';

const P_VALUES = [0.001, 0.008, 0.012, 0.03, 0.041, 0.2, 0.6];
const EXPECTED: Readonly<Record<AdjustmentMethod, readonly number[]>> = {
  bonferroni: [0.007, 0.056, 0.084, 0.21, 0.287, 1, 1],
  holm: [0.007, 0.048, 0.06, 0.12, 0.123, 0.4, 0.6],
  'benjamini-hochberg': [0.007, 0.028, 0.028, 0.0525, 0.0574, 0.23333333333333336, 0.6],
  'benjamini-yekutieli': [0.01815, 0.0726, 0.0726, 0.136125, 0.14883, 0.605, 1],
};
const METHODS = ['bonferroni', 'holm', 'benjamini-hochberg', 'benjamini-yekutieli'] as const;
const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

describe.each(METHODS)('adjustment by %s', (method) => {
  it('agrees with the published values, in whatever order the tests come', () => {
    const order = [3, 0, 6, 2, 5, 1, 4];
    const adjusted = adjustPValues(
      order.map((i) => P_VALUES[i] ?? 1),
      method,
    );
    order.forEach((i, at) => expect(adjusted[at]).toBeCloseTo(EXPECTED[method][i] ?? Number.NaN, 12));
  });

  it('never makes a test look surer, keeps the order of the tests and stays at most 1', () => {
    fc.assert(
      fc.property(pValues, (given) => {
        const adjusted = adjustPValues(given, method);
        expect(adjusted).toHaveLength(given.length);
        given.forEach((p, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          expect(adjusted[i]).toBeLessThanOrEqual(1);
          given.forEach((other, j) => {
            if (p < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] ?? Number.NaN);
          });
        });
      }),
    );
  });

  it('leaves a single test as it is, and has nothing to say of none', () => {
    expect(adjustPValues([0.03], method)).toEqual([0.03]);
    expect(adjustPValues([], method)).toEqual([]);
  });
});

describe('the methods beside each other', () => {
  it('are strict in the order Bonferroni, Holm, Benjamini-Hochberg', () => {
    fc.assert(
      fc.property(pValues, (given) => {
        const bonferroni = adjustPValues(given, 'bonferroni');
        const holm = adjustPValues(given, 'holm');
        const hochberg = adjustPValues(given, 'benjamini-hochberg');
        given.forEach((_, i) => {
          expect(bonferroni[i]).toBeGreaterThanOrEqual((holm[i] ?? 1) - 1e-15);
          expect(holm[i]).toBeGreaterThanOrEqual((hochberg[i] ?? 1) - 1e-15);
        });
      }),
    );
  });
});

// Parity of the isotonic fit with scikit-learn, and that it rises and comes closest.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitIsotonic, readIsotonic } from './isotonic-regression.js';

const X = [0.1, 0.2, 0.3, 0.35, 0.4, 0.6, 0.7, 0.9];
const Y = [0, 1, 0, 0, 1, 1, 0, 1];

function curve(x: readonly number[], y: readonly number[]): (at: number) => number {
  const fit = fitIsotonic(x, y);
  if (fit === undefined) throw new Error('no fit');
  return (at) => readIsotonic(fit, at);
}

describe('isotonic regression', () => {
  it('agrees with scikit-learn at the points, between and beyond them', () => {
    const read = curve(X, Y);
    const expected = [0, 1 / 3, 1 / 3, 1 / 3, 2 / 3, 2 / 3, 2 / 3, 1];
    X.forEach((x, i) => expect(read(x)).toBeCloseTo(expected[i] ?? -1, 12));
    const between = [0, 1 / 3, 2 / 3, 0.8333333333333334, 1];
    [0.05, 0.25, 0.5, 0.8, 0.95].forEach((x, i) => expect(read(x)).toBeCloseTo(between[i] ?? -1, 12));
  });

  it('takes points in any order, and equal ones as their mean', () => {
    const read = curve([0.5, 0.2, 0.5, 0.2], [1, 0, 0, 0]);
    expect(read(0.2)).toBe(0);
    expect(read(0.5)).toBe(0.5);
    expect(curve([1, 1, 2], [1, 1, 0])(1)).toBeCloseTo(2 / 3, 12);
  });

  it('knows nothing without points or with one that is no number', () => {
    expect(fitIsotonic([], [])).toBeUndefined();
    expect(fitIsotonic([1, Number.NaN], [0, 1])).toBeUndefined();
    expect(fitIsotonic([1, 2], [0])).toBeUndefined();
  });

  it('never falls, keeps the mean and lies no farther from the points than their mean does', () => {
    const points = fc.array(fc.tuple(fc.nat(20), fc.nat(1)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(points, (drawn) => {
        const y = drawn.map(([, outcome]) => outcome);
        const x = drawn.map(([at]) => at);
        const read = curve(x, y);
        const sorted = [...x].sort((a, b) => a - b).map(read);
        sorted.forEach((value, i) => expect(value).toBeGreaterThanOrEqual((sorted[i - 1] ?? 0) - 1e-12));
        const mean = y.reduce<number>((sum, value) => sum + value, 0) / y.length;
        expect(x.reduce((sum, at) => sum + read(at), 0) / x.length).toBeCloseTo(mean, 9);
        const squared = (f: (at: number) => number) =>
          drawn.reduce((sum, [at, outcome]) => sum + (f(at) - outcome) ** 2, 0);
        expect(squared(read)).toBeLessThanOrEqual(squared(() => mean) + 1e-9);
      }),
    );
  });
});

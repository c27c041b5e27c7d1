// Tests on counts agree with those on the values where nothing is lost, with published values, and hold under any ties.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/support/monitor-batches.js';
import { andersonDarlingK } from './anderson-darling-k.js';
import { cramerVonMises } from './cramer-von-mises.js';
import { groupedKolmogorovSmirnov } from './grouped-kolmogorov-smirnov.js';
import { groupedAndersonDarling, groupedCramerVonMises } from './grouped-quadratic-tests.js';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.js';
import { mannWhitneyOfCounts } from './mann-whitney.js';
import { meanDifferenceZ } from './mean-difference-z.js';
import { countsByValue } from './pooled-steps.js';
import { andersonDarlingTail } from './special/anderson-darling-limit.js';

fc.configureGlobal({ seed: 20 });

const TESTS = {
  'Kolmogorov-Smirnov': groupedKolmogorovSmirnov,
  'Cramer-von Mises': groupedCramerVonMises,
  'Anderson-Darling': groupedAndersonDarling,
  'Mann-Whitney': mannWhitneyOfCounts,
};

function samples(sizes: readonly [number, number], shift: number): readonly [Float64Array, Float64Array] {
  const random = seededRandom(7);
  const [n, m] = sizes;
  const left = Float64Array.from({ length: n }, () => random()).sort();
  return [left, Float64Array.from({ length: m }, () => random() + shift).sort()];
}

describe('on values that are all different', () => {
  it.each([
    [300, 200, 0.05],
    [1000, 100, 0.1],
    [400, 400, 0.08],
  ])('of %d and %d, shifted by %d, tests on counts say what tests on values say', (n, m, shift) => {
    const [a, b] = samples([n, m], shift);
    const { left, right } = countsByValue(a, b);
    expect(groupedKolmogorovSmirnov(left, right)).toEqual(kolmogorovSmirnov(a, b));
    const [cramer, anderson] = [cramerVonMises(a, b), andersonDarlingK([a, b])];
    expect((groupedCramerVonMises(left, right)?.pValue ?? 0) / (cramer?.pValue ?? 1)).toBeCloseTo(1, 1);
    expect(groupedAndersonDarling(left, right)?.statistic).toBeCloseTo(anderson?.statistic ?? 0, 0);
  });

  it('Kolmogorov-Smirnov stays within 2 % of scipy where samples are too large to count paths', () => {
    const [a, b] = samples([9000, 4000], 0.02);
    const { left, right } = countsByValue(a, b);
    const [grouped, exact] = [groupedKolmogorovSmirnov(left, right), kolmogorovSmirnov(a, b)];
    expect(grouped?.statistic).toBe(exact?.statistic);
    expect(Math.abs((grouped?.pValue ?? 0) / (exact?.pValue ?? 1) - 1)).toBeLessThan(0.02);
  });
});

describe('the limit of Anderson-Darling', () => {
  // Levels of Lewis (1961), and of Marsaglia and Marsaglia (2004).
  it.each([
    [0.7744, 0.5],
    [1.2479, 0.25],
    [1.933, 0.1],
    [2.4924, 0.05],
    [3.8781, 0.01],
  ])('exceeds %d with probability %d', (z, level) => {
    expect(andersonDarlingTail(z) / level).toBeCloseTo(1, 3);
  });

  it('falls from 1 on, without a step where the series is left', () => {
    let last = 1;
    for (let z = 0; z < 60; z += 0.05) {
      const tail = andersonDarlingTail(z);
      expect(tail).toBeLessThanOrEqual(last);
      expect(tail).toBeGreaterThan(0);
      last = tail;
    }
    expect(andersonDarlingTail(18.001) / andersonDarlingTail(17.999)).toBeGreaterThan(0.95);
  });
});

describe('the z test of means', () => {
  it('is that of the normal distribution, and says nothing without an error', () => {
    const at = (mean: number, squaredError: number) => ({ n: 50, mean, squaredError });
    const test = meanDifferenceZ(at(1.959963984540054, 0.5), at(0, 0.5));
    expect(test?.statistic).toBeCloseTo(1.959963984540054, 12);
    expect(test?.pValue).toBeCloseTo(0.05, 12);
    expect(meanDifferenceZ(at(3, 0), at(4, 0))).toBeUndefined();
    expect(meanDifferenceZ(at(3, 1e308), at(4, 1e308))).toBeUndefined();
  });
});

describe.each(Object.entries(TESTS))('%s on counts', (_, test) => {
  const counts = fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { minLength: 1, maxLength: 12 });

  it('answers with a p-value from 0 to 1, the same for exchanged sides and with empty groups between', () => {
    fc.assert(
      fc.property(counts, (pairs) => {
        const [left, right] = [pairs.map(([l]) => l), pairs.map(([, r]) => r)];
        const there = test(left, right);
        const back = test(right, left);
        expect(there === undefined).toBe(back === undefined);
        if (there === undefined) return;
        expect(there.statistic).not.toBeNaN();
        expect(there.pValue).toBeGreaterThanOrEqual(0);
        expect(there.pValue).toBeLessThanOrEqual(1);
        expect(back?.pValue).toBeCloseTo(there.pValue, 8);
        const spaced = (values: readonly number[]) => values.flatMap((value) => [0, value]);
        expect(test(spaced(left), spaced(right))?.pValue).toBeCloseTo(there.pValue, 10);
      }),
    );
  });

  it('says nothing of an empty side, and finds what lies apart', () => {
    expect(test([0, 0], [3, 4])).toBeUndefined();
    expect(test([50, 50, 0, 0], [0, 0, 50, 50])?.pValue).toBeLessThan(1e-9);
    expect(test([50, 50, 50], [50, 50, 50])?.pValue).toBeGreaterThan(0.8);
  });
});

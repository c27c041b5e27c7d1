// Parity of the statistics with scipy and published values, and their behaviour at the edges.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareHomogeneity } from './chi-square-homogeneity.js';
import { logGamma, upperIncompleteGamma } from './incomplete-gamma.js';
import { jensenShannonDistance } from './jensen-shannon.js';
import { quantileOfSorted } from './quantile.js';
import { wilsonInterval } from './wilson-interval.js';

const REFERENCE = [120, 80, 50, 30, 20, 0];
const CURRENT = [90, 85, 60, 25, 0, 10];
const counts = fc.array(fc.nat(1000), { minLength: 2, maxLength: 20 });

/** 500 values of -ln(1 - u), u from a Lehmer generator (48271, 2^31 - 1) with seed 1. */
function referenceSample(): number[] {
  const modulus = 2_147_483_647;
  let state = 1;
  return Array.from({ length: 500 }, () => {
    state = (state * 48271) % modulus;
    return -Math.log(1 - state / modulus);
  });
}

describe('chi-square homogeneity', () => {
  it('agrees with scipy over the union of categories, unseen ones included', () => {
    const test = chiSquareHomogeneity(REFERENCE, CURRENT);
    expect(test?.degreesOfFreedom).toBe(5);
    expect(test?.statistic).toBeCloseTo(34.316979316979314, 9);
    expect(Math.abs((test?.pValue ?? 1) / 2.0588814302416925e-6 - 1)).toBeLessThan(1e-9);
  });

  it('agrees with scipy where the tail is not small', () => {
    const test = chiSquareHomogeneity([120, 80, 50, 30, 20], [90, 85, 60, 25, 10]);
    expect(test?.statistic).toBeCloseTo(7.576238576238575, 9);
    expect(test?.pValue).toBeCloseTo(0.10839410354933038, 12);
  });

  it('says nothing about an empty side or a single category', () => {
    expect(chiSquareHomogeneity([0, 0], [3, 4])).toBeUndefined();
    expect(chiSquareHomogeneity([5, 0], [9, 0])).toBeUndefined();
    expect(chiSquareHomogeneity([], [])).toBeUndefined();
  });

  it('is symmetric, with a p-value from 0 to 1', () => {
    fc.assert(
      fc.property(counts, counts, (left, right) => {
        const test = chiSquareHomogeneity(left, right);
        const swapped = chiSquareHomogeneity(right, left);
        if (test === undefined || swapped === undefined) return test === swapped;
        return test.pValue >= 0 && test.pValue <= 1 && Math.abs(test.pValue - swapped.pValue) < 1e-9;
      }),
    );
  });
});

describe('upper incomplete gamma', () => {
  // scipy.special.gammaincc, scipy 1.17
  it.each([
    [0.5, 0.5, 0.31731050786291115],
    [0.5, 20, 2.5396285894708634e-10],
    [2.5, 1, 0.8491450360846096],
    [50, 40, 0.9296649333406051],
    [500, 560, 0.004693165999294767],
  ])('Q(%d, %d)', (a, x, expected) => {
    expect(Math.abs(upperIncompleteGamma(a, x) / expected - 1)).toBeLessThan(1e-11);
  });

  it('is 1 at nothing, 0 at infinity and not a number outside its domain', () => {
    expect(upperIncompleteGamma(3, 0)).toBe(1);
    expect(upperIncompleteGamma(3, Infinity)).toBe(0);
    expect(upperIncompleteGamma(0, 1)).toBeNaN();
    expect(upperIncompleteGamma(1, -1)).toBeNaN();
  });

  it('has the logarithm of factorials beneath it', () => {
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
    expect(logGamma(0.25)).toBeCloseTo(1.2880225246980774, 12);
  });
});

describe('Jensen-Shannon distance', () => {
  it('agrees with scipy in base 2', () => {
    expect(jensenShannonDistance(REFERENCE, CURRENT)).toBeCloseTo(0.24177559959819828, 12);
  });

  it('is 0 for equal shares, 1 for nothing in common, unknown for an empty side', () => {
    expect(jensenShannonDistance([1, 2, 3], [10, 20, 30])).toBeCloseTo(0, 7);
    expect(jensenShannonDistance([5, 0], [0, 7])).toBe(1);
    expect(jensenShannonDistance([0, 0], [0, 7])).toBeUndefined();
  });

  it('stays from 0 to 1', () => {
    fc.assert(
      fc.property(counts, counts, (left, right) => {
        const distance = jensenShannonDistance(left, right);
        return distance === undefined || (distance >= 0 && distance <= 1);
      }),
    );
  });
});

describe('Wilson interval', () => {
  // Newcombe 1998, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%d of %d', (successes, n, lower, upper) => {
    const interval = wilsonInterval(successes, n);
    expect(interval.lower).toBeCloseTo(lower, 4);
    expect(interval.upper).toBeCloseTo(upper, 4);
  });

  it('knows nothing without observations and reaches 1 when all are', () => {
    expect(wilsonInterval(0, 0)).toEqual({ lower: 0, upper: 1 });
    expect(wilsonInterval(5, 5).upper).toBe(1);
  });
});

describe('quantile', () => {
  it('agrees with numpy on the deciles of the reference sample', () => {
    const sorted = Float64Array.from(referenceSample()).sort();
    const deciles = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => quantileOfSorted(sorted, i / 10) ?? Number.NaN);
    const expected = [
      0.11503494140989988, 0.20098845634665405, 0.3241685308390042, 0.4965531727246503, 0.6698682764030459,
      0.8981136612886965, 1.16663311904844, 1.564061646323946, 2.378558632894192,
    ];
    deciles.forEach((decile, i) => expect(decile).toBeCloseTo(expected[i] ?? Number.NaN, 12));
  });

  it('is the only value of one, and unknown of none', () => {
    expect(quantileOfSorted([7], 0.99)).toBe(7);
    expect(quantileOfSorted([], 0.5)).toBeUndefined();
  });
});

// Statistics on two samples: parity with scipy, what they promise, and their edges.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/support/monitor-batches.js';
import { andersonDarlingK } from './anderson-darling-k.js';
import { cramerVonMises } from './cramer-von-mises.js';
import { energyDistance } from './energy-distance.js';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.js';
import { mannWhitney } from './mann-whitney.js';
import type { TestResult } from './test-result.js';
import { normedWasserstein, wassersteinDistance } from './wasserstein.js';
import { welchT } from './welch-t.js';

fc.configureGlobal({ seed: 20 });

type Sample = readonly number[];
const TESTS = {
  'Kolmogorov-Smirnov': kolmogorovSmirnov,
  'Cramer-von Mises': cramerVonMises,
  'Anderson-Darling': (a: Sample, b: Sample) => andersonDarlingK([a, b]),
  'Mann-Whitney': mannWhitney,
  'Welch t': welchT,
} satisfies Record<string, (a: Sample, b: Sample) => TestResult | undefined>;
const DISTANCES = { Wasserstein: wassersteinDistance, energy: energyDistance };

const TIED: readonly [Sample, Sample] = [
  [1, 1, 2, 2, 2, 3, 3, 4, 5, 5, 6, 7],
  [1, 2, 3, 3, 3, 4, 4, 4, 5, 6, 6, 6, 7, 8, 8],
];
const SMALL: readonly [Sample, Sample] = [
  [0.3, 1.7, 2.2, 5.1, 0.9],
  [1.1, 2.9, 3.3, 6.2, 7.5, 4.4, 8.1],
];

function golden(): readonly [Sample, Sample] {
  const [first, second] = [seededRandom(1), seededRandom(2)];
  return [
    Array.from({ length: 500 }, () => -Math.log(1 - first())),
    Array.from({ length: 400 }, () => -1.15 * Math.log(1 - second()) + 0.05),
  ];
}

describe('parity with scipy', () => {
  it.each<[keyof typeof TESTS, string, readonly [Sample, Sample], number, number]>([
    ['Kolmogorov-Smirnov', 'the golden samples', golden(), 0.102, 0.018305653697254533],
    ['Kolmogorov-Smirnov', 'ties', TIED, 0.2833333333333333, 0.5589656152315998],
    ['Kolmogorov-Smirnov', 'few values', SMALL, 0.6571428571428571, 0.11616161616161617],
    ['Cramer-von Mises', 'the golden samples', golden(), 0.7696314814814684, 0.008642586542271902],
    ['Cramer-von Mises', 'ties', TIED, 0.2509259259259258, 0.1930320972423205],
    ['Cramer-von Mises', 'few values', SMALL, 0.40039682539682553, 0.07267003533139782],
    ['Anderson-Darling', 'the golden samples', golden(), 5.5352106474983085, 0.0022407305268237455],
    ['Anderson-Darling', 'ties', TIED, 0.784357029761852, 0.1560803851216204],
    ['Anderson-Darling', 'few values', SMALL, 1.6912428487927302, 0.0651623002810165],
    ['Mann-Whitney', 'the golden samples', golden(), 89098, 0.004905223896520036],
    ['Mann-Whitney', 'ties', TIED, 59, 0.13307997091414359],
    ['Mann-Whitney', 'few values', SMALL, 6, 0.07323232323232323],
    ['Welch t', 'the golden samples', golden(), -2.3839044078902067, 0.01735551919824752],
    ['Welch t', 'ties', TIED, -1.5789757705862473, 0.12722692222520293],
    ['Welch t', 'few values', SMALL, -2.1437972271678967, 0.057716651946511925],
  ])('%s on %s', (name, _, [a, b], statistic, pValue) => {
    const test = TESTS[name](a, b);
    expect(test?.statistic).toBeCloseTo(statistic, 9);
    expect(test?.pValue).toBeCloseTo(pValue, 8);
  });

  it.each<[keyof typeof DISTANCES, string, readonly [Sample, Sample], number]>([
    ['Wasserstein', 'the golden samples', golden(), 0.16337053130718496],
    ['Wasserstein', 'ties', TIED, 1.25],
    ['Wasserstein', 'few values', SMALL, 2.7457142857142864],
    ['energy', 'the golden samples', golden(), 0.12883443650371407],
    ['energy', 'ties', TIED, 0.7160850352980279],
    ['energy', 'few values', SMALL, 1.494643497183683],
  ])('%s distance on %s', (name, _, [a, b], distance) => {
    expect(DISTANCES[name](a, b)).toBeCloseTo(distance, 9);
  });

  it('holds for the normed Wasserstein distance, three Anderson-Darling samples and Mann-Whitney with one small side', () => {
    const [reference, current] = golden();
    expect(normedWasserstein(reference, current)).toBeCloseTo(0.16785910119973435, 9);
    expect(andersonDarlingK([...TIED, SMALL[1]])?.statistic).toBeCloseTo(0.04624048889795055, 9);
    expect(andersonDarlingK([...TIED, SMALL[1]])?.pValue).toBe(0.25);
    const exact = mannWhitney(current.slice(0, 7), reference.slice(0, 60));
    expect(exact?.statistic).toBe(150);
    expect(exact?.pValue).toBeCloseTo(0.22800400458020603, 9);
  });
});

const sample = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 25 });
const NOT_FINITE = [Number.NaN, Infinity, -Infinity];

describe.each(Object.entries(TESTS))('%s', (name, test) => {
  it('answers with a p-value from 0 to 1 and the same one when the samples are exchanged', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const there = test(a, b);
        const back = test(b, a);
        expect(there === undefined).toBe(back === undefined);
        if (there === undefined) return;
        expect(there.statistic).not.toBeNaN();
        expect(there.pValue).toBeGreaterThanOrEqual(0);
        expect(there.pValue).toBeLessThanOrEqual(1);
        expect(back?.pValue).toBeCloseTo(there.pValue, 8);
      }),
    );
  });

  it('takes values in any order and leaves out what is not finite', () => {
    const expected = test(...SMALL);
    const [a, b] = SMALL;
    expect(test([...a].reverse(), [...NOT_FINITE, ...b, ...NOT_FINITE])).toEqual(expected);
    expect(test([...NOT_FINITE, ...a], b)).toEqual(expected);
  });

  it('finds nothing between a sample and itself, and much between samples far apart', () => {
    const values = Array.from({ length: 40 }, (_, i) => i);
    const shifted = values.map((x) => x + 100);
    expect(test(values, values)?.pValue).toBeGreaterThanOrEqual(0.25);
    expect(test(values, shifted)?.pValue).toBeLessThanOrEqual(0.001);
  });

  it('says nothing about an empty side, and is not upset by constants or a value far out', () => {
    expect(test([], [1, 2, 3])).toBeUndefined();
    expect(test([1, 2, 3], NOT_FINITE)).toBeUndefined();
    for (const p of [test([3, 3, 3, 3], [3, 3, 3, 3]), test([3], [3]), test([3], [4])])
      expect(p?.pValue ?? 1).toBeGreaterThan(0.1);
    const values = Array.from({ length: 40 }, (_, i) => i / 7);
    expect(test(values, [...values, 1e9])?.pValue).toBeGreaterThan(0.1);
    expect(test(values, [...values, 1e308])?.pValue ?? 1).toBeGreaterThan(0.1);
  });

  if (name === 'Welch t') return;
  it('only looks at order: a rising map of all values changes nothing', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const rising = (x: number): number => x ** 3 + Math.exp(x / 4);
        expect(test(a.map(rising), b.map(rising))).toEqual(test(a, b));
      }),
    );
  });
});

describe.each(Object.entries(DISTANCES))('%s distance', (_, distance) => {
  it('is a metric: 0 with itself, symmetric, never longer than by way of a third', () => {
    fc.assert(
      fc.property(sample, sample, sample, (a, b, c) => {
        const [ab, bc, ac] = [distance(a, b), distance(b, c), distance(a, c)];
        expect(distance(a, a)).toBeCloseTo(0, 7);
        expect(distance(b, a)).toBeCloseTo(ab ?? Number.NaN, 9);
        expect(ac).toBeLessThanOrEqual((ab ?? 0) + (bc ?? 0) + 1e-9);
      }),
    );
  });

  it('is unknown for an empty side or beyond the largest double, and leaves out what is not finite', () => {
    expect(distance([], [1])).toBeUndefined();
    expect(distance([-1.7e308], [1.7e308])).toBeUndefined();
    expect(distance([1, Number.NaN], [Infinity, 1])).toBe(0);
  });
});

describe('Wasserstein distance', () => {
  it('is the shift of a shifted sample, and the mean difference of ranked values in samples of one size', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: -9, max: 9 }), (a, shift) => {
        expect(
          wassersteinDistance(
            a,
            a.map((x) => x + shift),
          ),
        ).toBeCloseTo(Math.abs(shift), 9);
      }),
    );
  });

  it('has no unit against a constant reference, so is known only where nothing moved', () => {
    expect(normedWasserstein([4, 4, 4], [4, 4])).toBe(0);
    expect(normedWasserstein([0.1, 0.1, 0.1], [0.1, 0.2])).toBeUndefined();
    expect(normedWasserstein([], [1])).toBeUndefined();
  });

  it('does not depend on the unit once it is normed', () => {
    const [reference, current] = golden();
    const inMilli = (x: number): number => x * 1000;
    expect(normedWasserstein(reference.map(inMilli), current.map(inMilli))).toBeCloseTo(
      normedWasserstein(reference, current) ?? Number.NaN,
      9,
    );
  });
});

// Statistics on counts: parity with scipy and published values, what they promise, and their edges.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareHomogeneity } from './chi-square-homogeneity.js';
import { fisherExact, type TwoByTwo } from './fisher-exact.js';
import { gTest } from './g-test.js';
import { hellingerDistance } from './hellinger.js';
import { populationStabilityIndex } from './psi.js';
import { largestShareDifference, totalVariationDistance } from './share-distances.js';
import { twoProportionZ } from './two-proportion-z.js';

fc.configureGlobal({ seed: 20 });

const REFERENCE = [120, 80, 50, 30, 20, 0];
const CURRENT = [90, 85, 60, 25, 0, 10];
const counts = fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 });

describe('distances of shares', () => {
  it('agree with the published values', () => {
    expect(hellingerDistance(REFERENCE, CURRENT)).toBeCloseTo(0.23755876034143353, 12);
    expect(totalVariationDistance(REFERENCE, CURRENT)).toBeCloseTo(0.14074074074074078, 12);
    expect(largestShareDifference(REFERENCE, CURRENT)).toBeCloseTo(0.06666666666666671, 12);
  });

  it('are 0 for the same shares, 1 for nothing in common, unknown for an empty side', () => {
    for (const distance of [hellingerDistance, totalVariationDistance, largestShareDifference]) {
      expect(distance([1, 2, 3], [10, 20, 30])).toBeCloseTo(0, 7);
      expect(distance([5, 0], [0, 7])).toBe(1);
      expect(distance([4], [0, 7])).toBe(1);
      expect(distance([0, 0], [0, 7])).toBeUndefined();
      expect(distance([], [])).toBeUndefined();
    }
  });

  it('are symmetric, and bound one another', () => {
    fc.assert(
      fc.property(counts, counts, (left, right) => {
        const hellinger = hellingerDistance(left, right);
        const variation = totalVariationDistance(left, right);
        const largest = largestShareDifference(left, right);
        if (hellinger === undefined || variation === undefined || largest === undefined) return;
        expect(hellingerDistance(right, left)).toBeCloseTo(hellinger, 12);
        expect(totalVariationDistance(right, left)).toBeCloseTo(variation, 12);
        expect(largestShareDifference(right, left)).toBeCloseTo(largest, 12);
        expect(largest).toBeLessThanOrEqual(variation + 1e-12);
        expect(hellinger ** 2).toBeLessThanOrEqual(variation + 1e-12);
        expect(variation).toBeLessThanOrEqual(Math.SQRT2 * hellinger + 1e-12);
        expect(Math.max(hellinger, variation, largest)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('population stability index', () => {
  it('agrees with the published value on deciles', () => {
    const psi = populationStabilityIndex(
      Array.from({ length: 10 }, () => 50),
      [18, 26, 43, 46, 48, 43, 37, 35, 49, 55],
    );
    expect(psi).toBeCloseTo(0.08458503342611416, 9);
  });

  it('counts half an event for a bin that one side never hit, and nothing for one that neither hit', () => {
    // Shares 19 / 20 and 1 / 20 beside halves.
    const expected = 0.45 * Math.log(0.95 / 0.5) - 0.45 * Math.log(0.05 / 0.5);
    expect(populationStabilityIndex([9.5, 0], [10, 10])).toBeCloseTo(expected, 12);
    expect(populationStabilityIndex([9.5, 0, 0], [10, 0, 10])).toBeCloseTo(expected, 12);
  });

  it('is 0 for the same shares, unknown for an empty side, and finite, never negative and symmetric', () => {
    expect(populationStabilityIndex([1, 2], [10, 20])).toBeCloseTo(0, 12);
    expect(populationStabilityIndex([0, 0], [10, 20])).toBeUndefined();
    fc.assert(
      fc.property(counts, counts, (left, right) => {
        const psi = populationStabilityIndex(left, right);
        if (psi === undefined) return;
        expect(psi).toBeGreaterThanOrEqual(0);
        expect(populationStabilityIndex(right, left)).toBeCloseTo(psi, 9);
      }),
    );
  });
});

describe('G test', () => {
  it('agrees with scipy', () => {
    const test = gTest([120, 80, 50, 30, 20], [90, 85, 60, 25, 10]);
    expect(test?.degreesOfFreedom).toBe(4);
    expect(test?.statistic).toBeCloseTo(7.635774686555308, 9);
    expect(test?.pValue).toBeCloseTo(0.1058691033698321, 9);
  });

  it('comes near to chi-square where shares are near to each other', () => {
    const [left, right] = [
      [5000, 3000, 2000],
      [5050, 2980, 1970],
    ];
    expect(gTest(left, right)?.statistic).toBeCloseTo(
      chiSquareHomogeneity(left, right)?.statistic ?? Number.NaN,
      4,
    );
  });

  it('is symmetric, 0 for the same shares, and says nothing where chi-square says nothing', () => {
    expect(gTest([1, 2, 3], [10, 20, 30])?.pValue).toBeCloseTo(1, 9);
    fc.assert(
      fc.property(counts, counts, (left, right) => {
        const test = gTest(left, right);
        expect(test === undefined).toBe(chiSquareHomogeneity(left, right) === undefined);
        expect(gTest(right, left)?.statistic ?? -1).toBeCloseTo(test?.statistic ?? -1, 6);
        expect(test?.pValue ?? 1).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('two proportions', () => {
  it('agree with scipy', () => {
    const test = twoProportionZ({ successes: 60, n: 200 }, { successes: 54, n: 150 });
    expect(test?.statistic).toBeCloseTo(-1.1853250776460857, 9);
    expect(test?.pValue).toBeCloseTo(0.23588894193603305, 9);
  });

  it('are not compared where there is nothing to compare', () => {
    expect(twoProportionZ({ successes: 0, n: 0 }, { successes: 1, n: 2 })).toBeUndefined();
    expect(twoProportionZ({ successes: 0, n: 9 }, { successes: 0, n: 5 })).toBeUndefined();
    expect(twoProportionZ({ successes: 9, n: 9 }, { successes: 5, n: 5 })).toBeUndefined();
  });

  it('give the square root of chi-square, so the same p-value', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), fc.nat(500), fc.nat(500), (a, b, c, d) => {
        const z = twoProportionZ({ successes: a, n: a + b }, { successes: c, n: c + d });
        const test = chiSquareHomogeneity([a, b], [c, d]);
        if (z !== undefined) expect(z.pValue).toBeCloseTo(test?.pValue ?? Number.NaN, 9);
      }),
    );
  });
});

describe('Fisher exact', () => {
  // scipy.stats.fisher_exact
  it.each<[TwoByTwo, number, number]>([
    [
      [
        [8, 2],
        [1, 5],
      ],
      20,
      0.034965034965034975,
    ],
    [
      [
        [120, 380],
        [90, 410],
      ],
      1.4385964912280702,
      0.024206354334461135,
    ],
    [
      [
        [0, 20],
        [7, 13],
      ],
      0,
      0.008316008316008316,
    ],
    [
      [
        [3000, 7000],
        [3300, 6700],
      ],
      0.8701298701298701,
      5.310728689816579e-6,
    ],
    [
      [
        [5, 5],
        [5, 5],
      ],
      1,
      1,
    ],
  ])('%j', (table, oddsRatio, pValue) => {
    const test = fisherExact(table);
    expect(test?.oddsRatio).toBeCloseTo(oddsRatio, 12);
    expect(test?.pValue).toBeCloseTo(pValue, 9);
  });

  it('has no odds ratio without a finite one, and says nothing of an empty row or column', () => {
    expect(
      fisherExact([
        [5, 0],
        [1, 5],
      ])?.oddsRatio,
    ).toBeUndefined();
    expect(
      fisherExact([
        [0, 0],
        [3, 4],
      ]),
    ).toBeUndefined();
    expect(
      fisherExact([
        [0, 2],
        [0, 4],
      ]),
    ).toBeUndefined();
  });

  it('does not change when rows, columns or both axes are exchanged, and stays from 0 to 1', () => {
    const cell = fc.nat(60);
    fc.assert(
      fc.property(cell, cell, cell, cell, (a, b, c, d) => {
        const p = fisherExact([
          [a, b],
          [c, d],
        ])?.pValue;
        if (p === undefined) return;
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        for (const other of [
          [
            [c, d],
            [a, b],
          ],
          [
            [b, a],
            [d, c],
          ],
          [
            [a, c],
            [b, d],
          ],
        ] as const)
          expect(fisherExact(other)?.pValue).toBeCloseTo(p, 9);
      }),
    );
  });
});

// How often the tests raise a false alarm, and how often they find a true shift: simulated, seeded, able to fail.
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../training/random.js';
import { countInto, decileEdges } from './binning.js';
import { chiSquareByMoments } from './chi-square-by-moments.js';
import { chiSquareHomogeneity } from './chi-square-homogeneity.js';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.js';
import { adjustPValues } from './multiple-testing.js';

/** At a true rate of 0.05 the standard error is 0.0056, so the bounds lie 3.5 of them away. */
const RUNS = 1500;
const REFERENCE = 500;
const ALPHA = 0.05;
const LOWEST = 0.03;
const HIGHEST = 0.07;
const WINDOWS = [30, 200, 1000] as const;

type Draw = (random: Random) => number;
type PValue = (reference: Float64Array, window: Float64Array) => number;

const normal: Draw = (random) => random.normal();
const skewed: Draw = (random) => Math.exp(1.5 * random.normal());
/** Whole numbers, half of them 0. */
const tied: Draw = (random) => (random.chance(0.5) ? 0 : Math.floor(-4 * Math.log(1 - random.uniform())));
const categories =
  (count: number): Draw =>
  (random) =>
    Math.floor(count * random.uniform() ** 1.5);
/** Fifty categories, the last of them one in a hundred and fifty. */
const rare: Draw = (random) => Math.floor(50 * random.uniform() ** 3);

const ks: PValue = (reference, window) => kolmogorovSmirnov(reference, window)?.pValue ?? 1;
const deciles: PValue = (reference, window) => {
  const edges = decileEdges(reference.toSorted());
  return chiSquareHomogeneity(countInto(edges, reference), countInto(edges, window))?.pValue ?? 1;
};
const categoryEdges = Array.from({ length: 50 }, (_, i) => i);
const byCategory: PValue = (reference, window) =>
  chiSquareHomogeneity(countInto(categoryEdges, reference), countInto(categoryEdges, window))?.pValue ?? 1;
const byMoments: PValue = (reference, window) =>
  chiSquareByMoments(countInto(categoryEdges, reference), countInto(categoryEdges, window))?.pValue ?? 1;

interface Simulation {
  readonly draw: Draw;
  readonly test: PValue;
  readonly window: number;
  readonly reference?: number;
  readonly shift?: number;
  readonly runs?: number;
}

/** The share of runs, each with a reference of its own, in which the p-value is under alpha. */
function rateOf({ draw, test, window, reference = REFERENCE, shift = 0, runs = RUNS }: Simulation): number {
  const random = createRandom(window + 7);
  let found = 0;
  for (let run = 0; run < runs; run += 1) {
    const before = new Float64Array(reference).map(() => draw(random));
    const now = new Float64Array(window).map(() => draw(random) + shift);
    if (test(before, now) < ALPHA) found += 1;
  }
  return found / runs;
}

describe.each(WINDOWS)('without any change, at windows of %d', (window) => {
  it.each<[string, Draw, PValue]>([
    ['Kolmogorov-Smirnov on normal values', normal, ks],
    ['chi-square on deciles of normal values', normal, deciles],
    ['chi-square on deciles of skewed values', skewed, deciles],
    ['chi-square on deciles of tied values', tied, deciles],
    ['chi-square on 2 categories', categories(2), byCategory],
    ['chi-square on 10 categories', categories(10), byCategory],
  ])('%s alarms once in twenty', (_, draw, test) => {
    const rate = rateOf({ draw, test, window });
    expect(rate).toBeGreaterThanOrEqual(LOWEST);
    expect(rate).toBeLessThanOrEqual(HIGHEST);
  });

  it('Kolmogorov-Smirnov on tied values, which is conservative, alarms less often', () => {
    expect(rateOf({ draw: tied, test: ks, window, runs: 500 })).toBeLessThanOrEqual(HIGHEST);
  });
});

describe('chi-square on 50 categories', () => {
  it.each([200, 1000])('alarms once in twenty at windows of %d', (window) => {
    const rate = rateOf({ draw: categories(50), test: byCategory, window });
    expect(rate).toBeGreaterThanOrEqual(LOWEST);
    expect(rate).toBeLessThanOrEqual(HIGHEST);
  });

  it('alarms too often at windows of 30 when most categories are rare, and by moments does not', () => {
    const rate = (test: PValue): number => rateOf({ draw: rare, test, window: 30 });
    expect(rate(byCategory)).toBeGreaterThan(HIGHEST);
    expect(rate(byMoments)).toBeGreaterThanOrEqual(LOWEST);
    expect(rate(byMoments)).toBeLessThanOrEqual(HIGHEST);
  });
});

describe('many features judged together', () => {
  it.each([
    ['none', 0],
    ['ten', 10],
  ])(
    'have at most one false finding in twenty by Benjamini-Hochberg when %s of a hundred moved',
    (_, moved) => {
      const random = createRandom(5);
      const evaluations = 100;
      let falseShares = 0;
      for (let run = 0; run < evaluations; run += 1) {
        const pValues = Array.from({ length: 100 }, (_feature, i) => {
          const reference = new Float64Array(200).map(() => random.normal());
          return deciles(
            reference,
            new Float64Array(100).map(() => random.normal(i < moved ? 1 : 0)),
          );
        });
        const found = adjustPValues(pValues, 'benjamini-hochberg').map((p) => p <= ALPHA);
        const all = found.filter(Boolean).length;
        if (all > 0) falseShares += found.slice(moved).filter(Boolean).length / all;
      }
      // The share is 0 or 1 when nothing moved: three standard errors of 0.022. Nothing like the 0.99 without a correction.
      expect(falseShares / evaluations).toBeLessThanOrEqual(0.05 + 0.066);
    },
  );
});

describe('a shift of 0.2 standard deviations', () => {
  it.each<[string, PValue, number]>([
    ['Kolmogorov-Smirnov with a reference of 1000', ks, 1000],
    ['chi-square on deciles with a reference of 5000', deciles, 5000],
  ])('is found in nine windows of 1000 in ten by %s', (_, test, reference) => {
    const rate = rateOf({ draw: normal, test, window: 1000, reference, shift: 0.2, runs: 200 });
    expect(rate).toBeGreaterThanOrEqual(0.9);
  });
});

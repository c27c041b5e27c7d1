// The distance from counts on a grid is that of the samples themselves, to a few hundredths of their spread at worst.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/support/monitor-batches.js';
import { energyDistance } from './energy-distance.js';
import { quantileOfSorted } from './quantile.js';
import { createQuantileGrid, gridSquaredDifference, gridWasserstein } from './quantile-distance.js';

const random = seededRandom(5);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const sources: Readonly<Record<string, () => number>> = {
  normal,
  skewed: () => Math.exp(normal()),
  'mostly zero': () => (random() < 0.7 ? 0 : Math.exp(normal())),
  whole: () => Math.floor(-4 * Math.log(1 - random())),
};

describe('the distance from a grid of quantiles', () => {
  it.each(
    Object.keys(sources).flatMap((source) => [0, 0.1, 0.5, 3, -1].map((shift) => [source, shift] as const)),
  )('of %s values moved by %d standard deviations is that of the samples', (source, shift) => {
    const draw = sources[source] ?? normal;
    const reference = Float64Array.from({ length: 5000 }, draw).sort();
    const std = deviation(reference);
    const current = Float64Array.from({ length: 1000 }, () => draw() + shift * std).sort();
    expect(Math.abs(estimate(reference, current) - exact(reference, current)) / std).toBeLessThan(0.03);
  });

  it.each(
    Object.keys(sources).flatMap((source) => [0, 0.1, 0.5, 3, -1].map((shift) => [source, shift] as const)),
  )('of %s values moved by %d standard deviations has the energy of the samples', (source, shift) => {
    const draw = sources[source] ?? normal;
    const reference = Float64Array.from({ length: 5000 }, draw).sort();
    const std = deviation(reference);
    const current = Float64Array.from({ length: 1000 }, () => draw() + shift * std);
    const energy = Math.sqrt((2 * estimate(reference, current, gridSquaredDifference)) / std);
    const expected = (energyDistance(reference, current) ?? 0) / Math.sqrt(std);
    // Where in its cell a moved tie lies is known only on average.
    expect(Math.abs(energy - expected)).toBeLessThan(0.03 + 0.1 * expected);
  });

  it('takes an outlier for what it is, on either side', () => {
    const reference = Float64Array.from({ length: 1000 }, normal).sort();
    const withOutlier = Float64Array.from([...reference.slice(1), 1e9]);
    const energy = Math.sqrt(2 * estimate(reference, withOutlier, gridSquaredDifference));
    expect(energy / (energyDistance(reference, withOutlier) ?? 0)).toBeCloseTo(1, 6);
    for (const outlier of [1e9, -1e9]) {
      const current = Float64Array.from([...reference.slice(1), outlier]).sort();
      expect(estimate(reference, current) / exact(reference, current)).toBeCloseTo(1, 6);
    }
  });

  it('sees values that all lie inside one wide cell', () => {
    const reference = Float64Array.from([...new Float64Array(500), ...new Float64Array(500).fill(10)]);
    const current = new Float64Array(100).fill(5);
    expect(estimate(reference, current)).toBeCloseTo(5, 1);
  });

  it('is 0 for nothing, for a constant that stayed, and the way gone for one that moved', () => {
    const constant = new Float64Array(50).fill(3);
    expect(estimate(constant, new Float64Array(0))).toBe(0);
    expect(estimate(constant, constant)).toBe(0);
    expect(estimate(constant, new Float64Array(7).fill(5))).toBeCloseTo(2, 12);
  });

  it('is never negative nor more than the samples lie apart', () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(values, values, (left, right) => {
        const [reference, current] = [Float64Array.from(left).sort(), Float64Array.from(right).sort()];
        const distance = estimate(reference, current);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeLessThanOrEqual(
          Math.max(...left, ...right) - Math.min(...left, ...right) + 1e-9,
        );
      }),
    );
  });
});

function quantilesOf(sorted: Float64Array): number[] {
  return Array.from({ length: 101 }, (_, i) => quantileOfSorted(sorted, i / 100) ?? 0);
}

function estimate(reference: Float64Array, current: Float64Array, distance = gridWasserstein): number {
  const grid = createQuantileGrid(quantilesOf(reference), [], sum(reference) / reference.length);
  const counts = new Float64Array(grid.points.length + 1);
  const sums = new Float64Array(grid.points.length + 1);
  for (const value of current) {
    const first = grid.points.findIndex((point) => value <= point);
    const cell = first === -1 ? grid.points.length : first;
    counts[cell] = (counts[cell] ?? 0) + 1;
    sums[cell] = (sums[cell] ?? 0) + value;
  }
  return distance(grid, counts, sums);
}

/** Between the two samples, over all of their values; both sorted. */
function exact(left: Float64Array, right: Float64Array): number {
  let [i, j, distance] = [0, 0, 0];
  const all = Float64Array.from([...left, ...right]).sort();
  for (let k = 0; k + 1 < all.length; k += 1) {
    const at = all[k] ?? 0;
    while (i < left.length && (left[i] ?? 0) <= at) i += 1;
    while (j < right.length && (right[j] ?? 0) <= at) j += 1;
    distance += Math.abs(i / left.length - j / right.length) * ((all[k + 1] ?? 0) - at);
  }
  return distance;
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}

function deviation(values: Float64Array): number {
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length);
}

// Chi-square of sparse tables: the moments beside those of all sharings, agreement on full tables, and its edges.
import { describe, expect, it } from 'vitest';
import { chiSquareByMoments } from './chi-square-by-moments.js';
import { chiSquareHomogeneity } from './chi-square-homogeneity.js';
import { upperIncompleteGamma } from './incomplete-gamma.js';

/** The statistics of all ways to choose which of the pooled events belong to the left side. */
function allStatistics(left: readonly number[], right: readonly number[]): number[] {
  const events = left.flatMap((count, i) => Array.from({ length: count + (right[i] ?? 0) }, () => i));
  const size = left.reduce((sum, count) => sum + count, 0);
  return Array.from({ length: 2 ** events.length }, (_, bits) => bits)
    .filter((bits) => events.filter((_event, i) => ((bits >> i) & 1) === 1).length === size)
    .map((bits) => {
      const counts = left.map((): [number, number] => [0, 0]);
      events.forEach((category, i) => {
        const pair = counts[category];
        if (pair !== undefined) pair[((bits >> i) & 1) === 1 ? 0 : 1] += 1;
      });
      return (
        chiSquareHomogeneity(
          counts.map(([l]) => l),
          counts.map(([, r]) => r),
        )?.statistic ?? 0
      );
    });
}

describe('chi-square by moments', () => {
  it.each([
    [
      [3, 1, 0],
      [1, 2, 4],
    ],
    [
      [1, 0, 1, 0],
      [2, 3, 1, 4],
    ],
    [
      [5, 1],
      [1, 3],
    ],
  ])('has mean and variance of all sharings of %j and %j', (left, right) => {
    const all = allStatistics(left, right);
    const mean = all.reduce((sum, x) => sum + x / all.length, 0);
    const variance = all.reduce((sum, x) => sum + (x - mean) ** 2 / all.length, 0);
    const test = chiSquareByMoments(left, right);
    const expected = upperIncompleteGamma(mean ** 2 / variance, ((test?.statistic ?? 0) * mean) / variance);
    expect(test?.pValue).toBeCloseTo(expected, 9);
  });

  it('agrees with chi-square on a full table', () => {
    const [left, right] = [
      [1200, 800, 500, 300, 200],
      [1120, 830, 540, 290, 220],
    ];
    const expected = chiSquareHomogeneity(left, right);
    expect(chiSquareByMoments(left, right)).toMatchObject({
      statistic: expected?.statistic,
      degreesOfFreedom: 4,
    });
    expect(chiSquareByMoments(left, right)?.pValue).toBeCloseTo(expected?.pValue ?? Number.NaN, 3);
  });

  it('finds nothing unusual when every sharing is alike, and says nothing of too little', () => {
    expect(chiSquareByMoments([1, 1, 0, 0], [0, 0, 1, 1])?.pValue).toBe(1);
    expect(chiSquareByMoments([5], [9])).toBeUndefined();
    expect(chiSquareByMoments([0, 0], [9, 1])).toBeUndefined();
    expect(chiSquareByMoments([1, 0], [1, 1])).toBeUndefined();
  });
});

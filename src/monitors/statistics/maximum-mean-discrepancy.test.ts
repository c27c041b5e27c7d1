// Maximum mean discrepancy: parity, the approximation beside the exact value, and its edges.
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/support/monitor-batches.js';
import { createRandom } from '../../training/random.js';
import { maximumMeanDiscrepancy, type Vector } from './maximum-mean-discrepancy.js';

const random = (): number => 0.5;

function normals(count: number, length: number, mean: number, seed: number): Vector[] {
  const draws = createRandom(seed);
  return Array.from({ length: count }, () => Array.from({ length }, () => draws.normal(mean)));
}

describe('maximum mean discrepancy', () => {
  it('agrees with the published value', () => {
    const [first, second] = [seededRandom(1), seededRandom(2)];
    const a = Array.from({ length: 100 }, () => [-Math.log(1 - first())]);
    const b = Array.from({ length: 100 }, () => [-1.15 * Math.log(1 - second()) + 0.05]);
    // Half the upper median of all 10,000 squared distances within `a`, the zeros to itself included.
    const bandwidth = 0.24436549323170118;
    const exact = maximumMeanDiscrepancy(a, b, { random, bandwidth });
    expect(exact?.statistic).toBeCloseTo(-0.004912769208527679, 9);
    // numpy.median over all pairs.
    expect(maximumMeanDiscrepancy(a, b, { random })?.bandwidth).toBeCloseTo(0.27715876555591235, 9);
  });

  it('is near to the exact value by random features, whatever the seed', () => {
    const [a, b] = [normals(150, 4, 0, 1), normals(150, 4, 0.6, 2)];
    const exact = maximumMeanDiscrepancy(a, b, { random })?.statistic ?? Number.NaN;
    expect(exact).toBeGreaterThan(0.05);
    for (const seed of [1, 2, 3]) {
      const draws = createRandom(seed);
      const near = maximumMeanDiscrepancy(a, b, { random: () => draws.uniform(), exactUpTo: 100 });
      expect(Math.abs((near?.statistic ?? 0) - exact)).toBeLessThan(0.25 * exact);
    }
  });

  it('is around 0, on both sides of it, when nothing differs', () => {
    const values = Array.from({ length: 40 }, (_, i) => {
      const [a, b] = [normals(30, 3, 0, 2 * i + 1), normals(30, 3, 0, 2 * i + 2)];
      return maximumMeanDiscrepancy(a, b, { random })?.statistic ?? Number.NaN;
    });
    const mean = values.reduce((sum, value) => sum + value / values.length, 0);
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(values.some((value) => value < 0)).toBe(true);
    expect(values.some((value) => value > 0)).toBe(true);
  });

  it('is the same either way round, exactly and by features', () => {
    const [a, b] = [normals(20, 2, 0, 1), normals(30, 2, 1, 2)];
    for (const exactUpTo of [1000, 10]) {
      const of = (x: readonly Vector[], y: readonly Vector[]) =>
        maximumMeanDiscrepancy(x, y, { random: seededRandom(4), bandwidth: 1, exactUpTo })?.statistic;
      expect(of(a, b)).toBeCloseTo(of(b, a) ?? Number.NaN, 9);
    }
  });

  it('is unknown for fewer than two vectors on a side, and without a bandwidth when all coincide', () => {
    expect(maximumMeanDiscrepancy([[1]], [[1], [2]], { random })).toBeUndefined();
    expect(maximumMeanDiscrepancy([], [], { random })).toBeUndefined();
    const same = [[3], [3], [3]];
    expect(maximumMeanDiscrepancy(same, same, { random })).toBeUndefined();
    expect(maximumMeanDiscrepancy(same, same, { random, bandwidth: 1 })?.statistic).toBeCloseTo(0, 12);
  });
});

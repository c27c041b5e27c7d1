// Parity of the distributions beneath the tests with scipy, and the agreement of their several forms.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { andersonDarlingPValue } from './anderson-darling-levels.js';
import { cramerVonMisesTail } from './cramer-von-mises-limit.js';
import { incompleteBeta } from './incomplete-beta.js';
import { kolmogorovTail } from './kolmogorov.js';
import { pathLeavesBand } from './lattice-paths.js';
import { mannWhitneyTail } from './mann-whitney-exact.js';
import { normalTwoSided } from './normal.js';
import { studentTwoSided } from './student-t.js';

fc.configureGlobal({ seed: 20 });

describe('Kolmogorov tail', () => {
  // scipy.stats.kstwo.sf
  it.each([
    [0.102, 222, 0.018306389337663886],
    [0.1, 30, 0.8960782680050898],
    [0.25, 30, 0.038724156701105295],
    [0.5, 30, 1.8467310029604193e-7],
    [0.05, 140, 0.8576480297656114],
    [0.11, 140, 0.06252511429470399],
    [0.2, 140, 2.1981563302200222e-5],
    [0.03, 499, 0.7483969988780665],
    [0.06, 499, 0.05281381197092638],
    [0.12, 499, 1.0173685009786367e-6],
    [0.03, 501, 0.7462364405412036],
    [0.045, 501, 0.2546192400700653],
    [0.06, 501, 0.05205817968949911],
    [0.066, 501, 0.02428468852774679],
    [0.067, 501, 0.02123619699797728],
    [0.12, 501, 9.602453697796064e-7],
    [0.01, 5000, 0.6954557253913853],
    [0.019, 5000, 0.05341472616091414],
    [0.03, 5000, 0.00024159234422666817],
    [0.004, 90000, 0.11195054177130148],
    [0.002, 200000, 0.39995085369038097],
    [0.003, 200000, 0.0545369786611305],
    [0.004, 200000, 0.003314212822560255],
    [0.02, 200000, 6.339001082043132e-70],
  ])('of D = %d at n = %d', (d, n, expected) => {
    expect(Math.abs(kolmogorovTail(d, n) - expected)).toBeLessThan(1e-7);
  });

  it('keeps its digits far out, and ends at 1 and 0', () => {
    expect(kolmogorovTail(0.02, 200_000) / 6.339001082043132e-70).toBeCloseTo(1, 1);
    expect(kolmogorovTail(0, 50)).toBe(1);
    expect(kolmogorovTail(0.01, 50)).toBe(1);
    expect(kolmogorovTail(1, 50)).toBe(0);
  });

  it('is continuous where one form takes over from another', () => {
    for (const n of [100, 140, 141, 400, 500, 501, 3000]) {
      const d = Math.sqrt((n <= 140 ? 4 : 2.2) / n);
      expect(Math.abs(kolmogorovTail(d - 1e-10, n) - kolmogorovTail(d + 1e-10, n))).toBeLessThan(1e-7);
    }
    for (const z of [0.4, 0.7, 1, 1.3]) {
      const before = kolmogorovTail(z / Math.sqrt(500), 500);
      const after = kolmogorovTail(z / Math.sqrt(501), 501);
      expect(Math.abs(before - after)).toBeLessThan(2e-4);
    }
  });
});

describe('lattice paths', () => {
  it('are those that a count of all of them finds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(144),
        (n, m, d) => {
          // A distance that is reached on the grid, as a statistic is.
          const distance = Math.abs((d % (n + 1)) * m - (d % (m + 1)) * n);
          expect(pathLeavesBand(n, m, distance)).toBeCloseTo(1 - countInside(n, m, distance), 9);
        },
      ),
    );
  });

  it('need no numbers beyond those of a double', () => {
    expect(pathLeavesBand(10_000, 9_999, 2_000_000)).toBeGreaterThan(0.03);
    expect(pathLeavesBand(10_000, 9_999, 2_000_000)).toBeLessThan(0.05);
    expect(pathLeavesBand(10_000, 10_000, 10_000 * 200)).toBeCloseTo(0.03663, 4);
    expect(pathLeavesBand(10_000, 10_000, 10_000 * 10_000)).toBe(0);
  });
});

/** The share of paths from (0, 0) to (n, m) with |x m - y n| < distance throughout, by counting. */
function countInside(n: number, m: number, distance: number): number {
  const inside = Array.from({ length: n + 1 }, () => Array.from({ length: m + 1 }, () => 0));
  const all = inside.map((row) => [...row]);
  for (let x = 0; x <= n; x += 1)
    for (let y = 0; y <= m; y += 1) {
      const row = inside[x] ?? [];
      const whole = all[x] ?? [];
      const start = x + y === 0 ? 1 : 0;
      whole[y] = start + (all[x - 1]?.[y] ?? 0) + (whole[y - 1] ?? 0);
      row[y] =
        Math.abs(x * m - y * n) >= distance ? 0 : start + (inside[x - 1]?.[y] ?? 0) + (row[y - 1] ?? 0);
    }
  return (inside[n]?.[m] ?? 0) / (all[n]?.[m] ?? 1);
}

describe('Cramer-von Mises tail', () => {
  it.each([
    [0.02, 0.9969993856983981],
    [0.05, 0.876280931041351],
    [0.1, 0.5848734384067971],
    [0.3, 0.13517126880510733],
    [0.46, 0.050404911530495866],
    [1, 0.002460452180135797],
    [2, 1.2780736265760595e-5],
    [4, 7.086603526218482e-10],
  ])('at %d', (x, expected) => {
    // scipy ends its series at 1e-7.
    expect(Math.abs(cramerVonMisesTail(x) - expected)).toBeLessThan(1e-8);
  });

  it('ends at 1 and 0', () => {
    expect(cramerVonMisesTail(-1)).toBe(1);
    expect(cramerVonMisesTail(100)).toBeLessThan(1e-14);
  });
});

describe('Student t', () => {
  it.each([
    [0.5, 1.5, 0.68056711066994],
    [2, 3, 0.13932596855884305],
    [3, 30.7, 0.005318322816274329],
    [-2.38, 812, 0.017542579217938177],
    [8, 1000, 3.4266614823914978e-15],
    [40, 5, 1.8411962171772954e-7],
  ])('%d with %d degrees of freedom', (t, degreesOfFreedom, expected) => {
    expect(studentTwoSided(t, degreesOfFreedom) / expected).toBeCloseTo(1, 9);
  });

  it('comes to the normal with many, and is certain at 0', () => {
    expect(studentTwoSided(1.96, 1e8)).toBeCloseTo(normalTwoSided(1.96), 7);
    expect(studentTwoSided(0, 4)).toBe(1);
    expect(normalTwoSided(0)).toBe(1);
    expect(normalTwoSided(-1.959963984540054)).toBeCloseTo(0.05, 12);
  });
});

describe('incomplete beta', () => {
  it('is x itself for a = b = 1, and mirrored when a and b change places', () => {
    const positive = fc.double({ min: 0.1, max: 200, noNaN: true });
    fc.assert(
      fc.property(fc.nat(1000), positive, positive, (thousandths, a, b) => {
        const x = thousandths / 1000;
        expect(incompleteBeta(x, 1, 1)).toBeCloseTo(x, 12);
        expect(incompleteBeta(x, a, b)).toBeCloseTo(1 - incompleteBeta(1 - x, b, a), 8);
      }),
    );
  });
});

describe('exact Mann-Whitney', () => {
  it('shares out all orders: one in six has U = 0 for two and two, two in six at most 1', () => {
    expect(mannWhitneyTail(0, 2, 2)).toBeCloseTo(1 / 6, 12);
    expect(mannWhitneyTail(1, 2, 2)).toBeCloseTo(2 / 6, 12);
    expect(mannWhitneyTail(2, 2, 2)).toBeCloseTo(4 / 6, 12);
    expect(mannWhitneyTail(8, 4, 4)).toBeCloseTo(mannWhitneyTail(7, 4, 4) + 8 / 70, 12);
  });

  it('is near to the normal for a large side', () => {
    const [n, m] = [8, 5000];
    const spread = Math.sqrt((n * m * (n + m + 1)) / 12);
    const u = Math.round((n * m) / 2 - 1.96 * spread);
    expect(2 * mannWhitneyTail(u, n, m)).toBeCloseTo(0.05, 2);
  });
});

describe('Anderson-Darling levels', () => {
  it('fall as the statistic grows, between their cap and their floor', () => {
    expect(andersonDarlingPValue(-1, 1)).toBe(0.25);
    expect(andersonDarlingPValue(9, 1)).toBe(0.001);
    expect(andersonDarlingPValue(1.961, 1)).toBeCloseTo(0.05, 2);
    expect(andersonDarlingPValue(1, 1)).toBeGreaterThan(andersonDarlingPValue(2, 1));
  });
});

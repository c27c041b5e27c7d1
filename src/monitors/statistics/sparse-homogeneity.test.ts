// The test of homogeneity keeps its promise on nearly empty cells, and is the plain chi-square where there are none.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/support/monitor-batches.js';
import { chiSquareHomogeneity } from './chi-square-homogeneity.js';
import { hypergeometricTail } from './hypergeometric-tail.js';
import { compareCategories, compareOrdered } from './sparse-homogeneity.js';

const NOTHING = { below: 0, above: 0 };
const counts = fc.array(fc.nat(60), { minLength: 1, maxLength: 12 });

describe('hypergeometric tail', () => {
  // Sums of exact binomial coefficients.
  it.each([
    [3, 20, 7, 12, 0.9478844169246646],
    [5, 1100, 6, 1000, 0.9036228304675288],
    [1, 16_030, 5, 30, 0.009323654469555668],
    [4, 16_030, 5, 30, 4.9759441539868524e-11],
    [8, 17_000, 30, 1000, 0.00025518905185110486],
  ])('%d or more of %d, %d marked, %d drawn', (drawn, total, marked, draws, expected) => {
    expect(hypergeometricTail(drawn, { total, marked, draws }) / expected).toBeCloseTo(1, 7);
  });

  it('falls from 1 to 0 over what can be drawn', () => {
    fc.assert(
      fc.property(fc.nat(400), fc.nat(400), fc.nat(400), (marked, others, wanted) => {
        const total = marked + others;
        const draws = Math.min(wanted, total);
        const tail = (drawn: number) => hypergeometricTail(drawn, { total, marked, draws });
        expect(tail(0)).toBe(1);
        expect(tail(Math.min(marked, draws) + 1)).toBe(0);
        const middle = Math.ceil((draws * marked) / Math.max(1, total));
        expect(tail(middle)).toBeGreaterThanOrEqual(tail(middle + 1) - 1e-9);
      }),
    );
  });
});

describe('two samples of categories', () => {
  it('are compared by the plain chi-square while every cell is well filled', () => {
    const [reference, current] = [
      [120, 80, 50, 30],
      [90, 85, 60, 25],
    ];
    const plain = chiSquareHomogeneity(reference, current);
    for (const test of [
      compareCategories(reference, current),
      compareOrdered(reference, current, { below: 1, above: 0 }),
    ]) {
      expect(test).toMatchObject({
        method: 'chi-square',
        statistic: plain?.statistic,
        pValue: plain?.pValue,
      });
    }
  });

  it('do not differ because of one row the large reference never had, where chi-square would swear to it', () => {
    expect(chiSquareHomogeneity([16_000, 0], [29, 1])?.pValue).toBeLessThan(1e-100);
    expect(compareCategories([16_000, 0], [29, 1])?.pValue).toBeGreaterThan(1e-3);
  });

  it('differ when several rows are of a category the reference never had', () => {
    expect(compareCategories([16_000, 0], [20, 10])?.pValue).toBeLessThan(1e-20);
    expect(compareCategories([6000, 4000, 0], [570, 380, 50])?.method).toBe('exact');
    expect(compareCategories([8000, 8000, 0], [480, 470, 50])?.pValue).toBeLessThan(1e-20);
  });

  it('agree when both have one category alone, and say nothing about an empty side', () => {
    expect(compareCategories([50], [70])).toEqual({ method: 'chi-square', statistic: 0, pValue: 1 });
    expect(compareCategories([], [70])).toBeUndefined();
    expect(compareOrdered([0, 0], [3, 4], NOTHING)).toBeUndefined();
  });

  it('give a p-value from 0 to 1 whatever the counts', () => {
    fc.assert(
      fc.property(counts, counts, (reference, current) => {
        const tests = [
          compareCategories(reference, current),
          compareOrdered(reference, current, { below: current[0] ?? 0, above: 0 }),
        ];
        for (const test of tests)
          if (test !== undefined) {
            expect(test.pValue).toBeGreaterThanOrEqual(0);
            expect(test.pValue).toBeLessThanOrEqual(1);
          }
      }),
    );
  });

  it.each([
    [2, 30, 150],
    [2, 1000, 16_000],
    [5, 100, 100],
    [10, 300, 1000],
    [50, 1000, 16_000],
    [50, 100, 1000],
    [50, 1000, 300],
  ])(
    'of %d categories with %d and %d rows of the same source differ at 0.05 about as often',
    (k, few, many) => {
      const random = seededRandom(k * 1000 + few);
      const draw = (rows: number) => {
        const cells = Array.from({ length: k }, () => 0);
        for (let row = 0; row < rows; row += 1) {
          // Shares fall with the category: the last ones are rare.
          const category = Math.floor(k * random() * Math.sqrt(random()));
          cells[category] = (cells[category] ?? 0) + 1;
        }
        return cells;
      };
      const runs = few + many > 10_000 ? 300 : 1500;
      let differing = 0;
      for (let run = 0; run < runs; run += 1)
        if ((compareCategories(draw(many), draw(few))?.pValue ?? 1) < 0.05) differing += 1;
      expect(differing / runs).toBeGreaterThan(0.02);
      expect(differing / runs).toBeLessThan(0.08);
    },
  );
});

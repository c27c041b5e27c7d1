// The Theil-Sen line agrees with scipy, bears outliers, and its interval holds also where noise follows itself.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/support/monitor-batches.js';
import { theilSen } from './theil-sen.js';

const indices = (n: number) => Array.from({ length: n }, (_, i) => i);

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

describe('the Theil-Sen line', () => {
  it('has the slope and intercept of its definition', () => {
    // All pairs of (0, 1), (1, 3), (2, 2), (4, 9): slopes 2, 1/2, 2, -1, 2, 7/2.
    expect(theilSen([0, 1, 2, 4], [1, 3, 2, 9])).toMatchObject({ slope: 2, intercept: 1, n: 4 });
  });

  it('finds a line exactly, wherever it lies', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(number, number, fc.integer({ min: 3, max: 40 }), (slope, intercept, n) => {
        const line = theilSen(
          indices(n),
          indices(n).map((x) => intercept + slope * x),
        );
        expect(line?.slope).toBeCloseTo(slope, 3);
        expect(line?.low).toBeCloseTo(slope, 3);
        expect(line?.high).toBeCloseTo(slope, 3);
      }),
    );
  });

  it('is not bent by a quarter of outliers', () => {
    const y = indices(40).map((x) => (x % 4 === 0 ? 1e9 : 3 * x));
    expect(theilSen(indices(40), y)?.slope).toBeCloseTo(3, 0);
  });

  it.each([
    ['independent noise', 0],
    ['noise that follows itself', 0.7],
  ])('takes %s for a trend in few of a thousand series', (_, correlation) => {
    const random = seededRandom(11);
    let wrong = 0;
    for (let run = 0; run < 1000; run += 1) {
      let last = 0;
      const y = indices(40).map(() => (last = correlation * last + normal(random)));
      const line = theilSen(indices(40), y);
      if (line === undefined || line.low > 0 || line.high < 0) wrong += 1;
    }
    expect(wrong).toBeLessThanOrEqual(correlation === 0 ? 20 : 40);
  });

  it('is undefined where there is no line', () => {
    expect(theilSen([], [])).toBeUndefined();
    expect(theilSen([1, 2], [1, 2])).toBeUndefined();
    expect(theilSen([1, 1, 1, 1], [1, 2, 3, 4])).toBeUndefined();
    expect(theilSen([1, 2, 3], [1, Number.NaN, 3])).toBeUndefined();
  });
});

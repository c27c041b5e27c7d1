import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/training/random.js';
import { createHistogram } from './histogram.js';

const QUANTILES = [0.01, 0.5, 0.9, 0.99, 0.999, 1];

describe('the histogram', () => {
  it('answers every quantile within 0.4 %, or half a microsecond', () => {
    const random = createRandom(3);
    for (const scale of [4, 8, 14]) {
      const histogram = createHistogram();
      const values = Array.from({ length: 20_000 }, () => Math.exp(random.normal(scale, 1.5)));
      values.forEach((us) => histogram.add(us));
      const sorted = values.toSorted((a, b) => a - b);
      for (const p of QUANTILES) {
        const exact = sorted[Math.ceil(p * sorted.length) - 1] ?? NaN;
        expect(Math.abs(histogram.quantile(p) - exact)).toBeLessThanOrEqual(
          Math.max(0.5, exact * 0.004) + 1e-9,
        );
      }
    }
  });

  it('keeps count, mean and maximum exactly, in milliseconds', () => {
    const histogram = createHistogram();
    [100, 250, 1_234_567].forEach((us) => histogram.add(us));
    const { count, mean, max } = histogram.summary();
    expect({ count, max }).toEqual({ count: 3, max: 1234.567 });
    expect(mean).toBeCloseTo(1_234_917 / 3 / 1000, 9);
  });

  it('puts what is beyond its range into the last bucket rather than nowhere', () => {
    const histogram = createHistogram();
    [-5, 2 ** 33].forEach((us) => histogram.add(us));
    expect(histogram.summary().count).toBe(2);
    expect(histogram.quantile(0.5)).toBe(0.5);
    expect(histogram.quantile(1)).toBeGreaterThan(2 ** 30);
  });

  it('has no quantile without a value', () => {
    expect(createHistogram().quantile(0.5)).toBeNaN();
    expect(createHistogram().summary()).toMatchObject({ count: 0, p50: NaN, max: NaN });
  });
});

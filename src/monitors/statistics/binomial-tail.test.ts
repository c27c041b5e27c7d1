// The binomial tail against scipy, and at its ends.
import { describe, expect, it } from 'vitest';
import { binomialLowerTail } from './binomial-tail.js';

describe('lower tail of the binomial distribution', () => {
  it.each([
    [850, 1000, 0.9, 4.4894428594499414e-7],
    [800, 1000, 0.9, 2.9280548038286023e-21],
    [24, 30, 0.99, 4.83153461240724e-7],
    [999, 1000, 0.97, 0.9999999999999408],
    [0, 50, 0.5, 8.881784197001252e-16],
    [4900, 5000, 0.99, 2.484831266792918e-10],
  ])('of %d in %d at %d is that of scipy.stats.binom.cdf', (successes, n, p, tail) => {
    expect(binomialLowerTail(successes, n, p) / tail).toBeCloseTo(1, 8);
  });

  it('is 1 where all succeeded, and what is certain or impossible at the ends', () => {
    expect(binomialLowerTail(30, 30, 0.9)).toBe(1);
    expect(binomialLowerTail(0, 0, 0.9)).toBe(1);
    expect(binomialLowerTail(29, 30, 1)).toBe(0);
    expect(binomialLowerTail(0, 30, 0)).toBe(1);
    expect(binomialLowerTail(-1, 30, 0.5)).toBe(0);
  });
});

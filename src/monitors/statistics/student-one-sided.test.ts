// The one-sided t tests against scipy, and what they say where nothing is known.
import { describe, expect, it } from 'vitest';
import { chanceOfHigherMean, chanceOfMeanAbove, negated } from './student-one-sided.js';

const sample = { n: 5, mean: 3.4, squaredError: 1.06 };

describe('one-sided t tests', () => {
  it('agree with scipy.stats.ttest_1samp on 1, 2, 3, 4, 7', () => {
    expect(chanceOfMeanAbove(sample, 2)).toBeCloseTo(0.12274601842514882, 12);
    expect(chanceOfMeanAbove(sample, 5)).toBeCloseTo(0.9024310412069733, 12);
    expect(chanceOfMeanAbove(negated(sample), -5)).toBeCloseTo(1 - 0.9024310412069733, 12);
  });

  it('agree with scipy.stats.ttest_ind of unequal variances, against 0, 1, 1, 2', () => {
    const other = { n: 4, mean: 1, squaredError: 1 / 6 };
    expect(chanceOfHigherMean(sample, other)).toBeCloseTo(0.040251254058296417, 12);
    expect(chanceOfHigherMean(other, sample)).toBeCloseTo(1 - 0.040251254058296417, 12);
  });

  it('take a difference without any spread for no chance', () => {
    const [low, high] = [1, 2].map((mean) => ({ n: 30, mean, squaredError: 0 }));
    if (low === undefined || high === undefined) throw new Error('two samples');
    expect([1, 2, 3].map((bound) => chanceOfMeanAbove(high, bound))).toEqual([0, 1, 1]);
    expect([chanceOfHigherMean(high, low), chanceOfHigherMean(low, high)]).toEqual([0, 1]);
    expect(chanceOfHigherMean(low, low)).toBe(1);
  });

  it('know nothing of one value, or of numbers that are not finite', () => {
    for (const odd of [
      { n: 1 },
      { mean: Number.NaN },
      { squaredError: Infinity },
      { squaredError: Number.NaN },
    ]) {
      expect(chanceOfMeanAbove({ ...sample, ...odd }, -100)).toBe(1);
      expect(chanceOfHigherMean({ ...sample, ...odd }, { ...sample, mean: -100 })).toBe(1);
      expect(chanceOfHigherMean({ ...sample, mean: 100 }, { ...sample, ...odd })).toBe(1);
    }
  });
});

// A corrected quantile leaves exactly the divided tail.
import { expect, it } from 'vitest';
import { correctedQuantile, normalTwoSided } from './normal.js';

it('is the quantile whose tail is divided by the comparisons, and itself for one', () => {
  expect(correctedQuantile(1.96)).toBe(1.96);
  for (const z of [1.96, 3.2905])
    for (const comparisons of [2, 5, 20, 1000])
      expect(normalTwoSided(correctedQuantile(z, comparisons)) * comparisons).toBeCloseTo(
        normalTwoSided(z),
        12,
      );
  // qnorm(1 - 0.025 / 10) in R.
  expect(correctedQuantile(1.959963984540054, 10)).toBeCloseTo(2.807033768343804, 10);
});

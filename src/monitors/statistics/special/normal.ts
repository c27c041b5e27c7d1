// The tails of the standard normal distribution.
import { upperIncompleteGamma } from '../incomplete-gamma.js';

/** P(|Z| >= |z|) for a standard normal Z, to about 1e-13 relative. */
export function normalTwoSided(z: number): number {
  return upperIncompleteGamma(0.5, (z * z) / 2);
}

/**
 * The normal quantile whose two-sided tail is that of `z` divided by `comparisons` (Bonferroni): so much wider an interval
 * must be when so many are judged beside each other. `z` itself for one.
 */
export function correctedQuantile(z: number, comparisons = 1): number {
  if (comparisons <= 1) return z;
  const tail = normalTwoSided(z) / comparisons;
  // With T the tail, z' < sqrt(z^2 + 2 ln comparisons) + 1, as T falls faster than exp(-z^2 / 2).
  let [low, high] = [z, Math.sqrt(z * z + 2 * Math.log(comparisons)) + 1];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (normalTwoSided(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

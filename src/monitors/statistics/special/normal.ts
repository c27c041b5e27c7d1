// The tails of the standard normal distribution.
import { upperIncompleteGamma } from '../incomplete-gamma.js';

/** P(|Z| >= |z|) for a standard normal Z, to about 1e-13 relative. */
export function normalTwoSided(z: number): number {
  return upperIncompleteGamma(0.5, (z * z) / 2);
}

// The tails of Student's t distribution.
import { incompleteBeta } from './incomplete-beta.js';

/** P(|T| >= |t|) for T with `degreesOfFreedom` > 0, not necessarily whole. */
export function studentTwoSided(t: number, degreesOfFreedom: number): number {
  return incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
}

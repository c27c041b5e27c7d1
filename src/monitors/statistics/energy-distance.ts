// The energy distance between two samples.
import { integrateDifference } from './pooled-steps.js';
import { sortedSample } from './sorted-sample.js';

/**
 * Square root of twice the integral of (F - G)^2 over both distribution functions (Szekely; as
 * `scipy.stats.energy_distance`), in the square root of the values' unit. The samples need no order; values that are not
 * finite are left out. Undefined when a side is empty or the integral exceeds the largest double.
 */
export function energyDistance(a: ArrayLike<number>, b: ArrayLike<number>): number | undefined {
  const left = sortedSample(a);
  const right = sortedSample(b);
  if (left.length === 0 || right.length === 0) return undefined;
  const distance = Math.sqrt(2 * integrateDifference(left, right, (difference) => difference ** 2));
  return Number.isFinite(distance) ? distance : undefined;
}

// The Wasserstein-1 distance: how far must values be moved, on average, to turn one sample into the other?
import { integrateDifference } from './pooled-steps.js';
import { sortedSample } from './sorted-sample.js';

/**
 * The integral of |F - G| over both distribution functions, in the unit of the values. The samples need no order;
 * values that are not finite are left out. Undefined when a side is empty or the distance exceeds the largest double.
 */
export function wassersteinDistance(a: ArrayLike<number>, b: ArrayLike<number>): number | undefined {
  return distanceOfSorted(sortedSample(a), sortedSample(b));
}

/**
 * The distance in standard deviations (ddof 0) of the reference, so that features of different units compare. Against
 * a constant reference it is 0 for a sample of that same constant and else undefined, having no unit to measure in.
 */
export function normedWasserstein(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): number | undefined {
  const sorted = sortedSample(reference);
  const distance = distanceOfSorted(sorted, sortedSample(current));
  if (distance === undefined || distance === 0) return distance;
  const normed = distance / standardDeviation(sorted);
  return Number.isFinite(normed) ? normed : undefined;
}

function distanceOfSorted(left: Float64Array, right: Float64Array): number | undefined {
  if (left.length === 0 || right.length === 0) return undefined;
  const distance = integrateDifference(left, right, Math.abs);
  return Number.isFinite(distance) ? distance : undefined;
}

function standardDeviation(sorted: Float64Array): number {
  // A mean of equal values may be off by rounding, which would make a spread of nothing.
  if (sorted[0] === sorted.at(-1)) return 0;
  const mean = sorted.reduce((sum, x) => sum + x / sorted.length, 0);
  return Math.sqrt(sorted.reduce((sum, x) => sum + (x - mean) ** 2 / sorted.length, 0));
}

// Plain distances between two sets of counts over the same categories.
import { pairShares } from './shares.js';

/**
 * Half the sum of the absolute differences of shares, 0 to 1: the share of events that would have to change category.
 * Undefined when either side is empty.
 */
export function totalVariationDistance(
  left: readonly number[],
  right: readonly number[],
): number | undefined {
  const shares = pairShares(left, right);
  return shares === undefined
    ? undefined
    : Math.min(1, shares.reduce((sum, pair) => sum + Math.abs(pair.left - pair.right), 0) / 2);
}

/** The largest absolute difference of the shares of one category (L-infinity), 0 to 1. Undefined when either side is empty. */
export function largestShareDifference(
  left: readonly number[],
  right: readonly number[],
): number | undefined {
  return pairShares(left, right)?.reduce((most, pair) => Math.max(most, Math.abs(pair.left - pair.right)), 0);
}

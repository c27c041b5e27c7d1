// The Hellinger distance between two sets of counts over the same categories.
import { pairShares } from './shares.js';

/**
 * The root of 1 - sum sqrt(p q), 0 (same shares) to 1 (nothing in common); counts are normed to shares first.
 * Undefined when either side is empty.
 */
export function hellingerDistance(left: readonly number[], right: readonly number[]): number | undefined {
  const shares = pairShares(left, right);
  // Summed as half the squared differences of roots, which keeps the digits of small distances.
  const squared = shares?.reduce(
    (sum, { left: p, right: q }) => sum + (Math.sqrt(p) - Math.sqrt(q)) ** 2 / 2,
    0,
  );
  return squared === undefined ? undefined : Math.sqrt(Math.min(1, squared));
}

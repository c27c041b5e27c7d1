// Puts two sets of counts over the same categories side by side as shares.

/** The shares of one category in both sets. */
export interface SharePair {
  readonly left: number;
  readonly right: number;
}

/** One pair for each place either list has, a missing count being 0. Undefined when a side adds up to nothing. */
export function pairShares(
  left: readonly number[],
  right: readonly number[],
): readonly SharePair[] | undefined {
  const leftTotal = left.reduce((sum, count) => sum + count, 0);
  const rightTotal = right.reduce((sum, count) => sum + count, 0);
  if (leftTotal <= 0 || rightTotal <= 0) return undefined;
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => ({
    left: (left[i] ?? 0) / leftTotal,
    right: (right[i] ?? 0) / rightTotal,
  }));
}

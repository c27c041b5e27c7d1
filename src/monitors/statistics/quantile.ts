// Quantiles of a sample by linear interpolation.

/**
 * The quantile at `q` (0 to 1) of values sorted in rising order, interpolated between neighbours at position
 * q (n - 1) (Hyndman and Fan type 7, as numpy does); undefined when there are no values.
 */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number | undefined {
  const position = q * (sorted.length - 1);
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) return undefined;
  return below + (above - below) * (position - Math.floor(position));
}

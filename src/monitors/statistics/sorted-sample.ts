// The form in which every sample statistic takes its values: finite and in rising order.

/** The finite values in rising order, as a copy; NaN and infinities are left out, as reference profiles leave them out. */
export function sortedSample(values: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(values).sort();
  let from = 0;
  // Infinities sort to the ends and NaN behind them.
  while (from < sorted.length && sorted[from] === -Infinity) from += 1;
  let to = sorted.length;
  while (to > from && !Number.isFinite(sorted[to - 1])) to -= 1;
  return sorted.subarray(from, to);
}

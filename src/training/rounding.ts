// Rounding of numbers that are written to files.

/**
 * Rounds to a number of decimals. What is written is rounded, so that two JavaScript engines whose `exp` or `log` differ
 * in the last bit still write the same bytes.
 */
export function roundTo(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  // Adding zero turns -0 into 0.
  return Math.round(value * scale) / scale + 0;
}

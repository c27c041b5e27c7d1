// The Jensen-Shannon distance between two sets of counts over the same categories.

/**
 * Square root of the Jensen-Shannon divergence in base 2, so 0 (same shares) to 1 (nothing in common); counts are
 * normed to shares first. Undefined when either side is empty.
 */
export function jensenShannonDistance(left: readonly number[], right: readonly number[]): number | undefined {
  const leftTotal = sum(left);
  const rightTotal = sum(right);
  if (leftTotal <= 0 || rightTotal <= 0) return undefined;
  let divergence = 0;
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const p = (left[i] ?? 0) / leftTotal;
    const q = (right[i] ?? 0) / rightTotal;
    const middle = (p + q) / 2;
    divergence += (term(p, middle) + term(q, middle)) / 2;
  }
  // Rounding may leave a tiny negative for equal shares, whose root would be NaN.
  return Math.sqrt(Math.min(1, Math.max(0, divergence)));
}

function term(share: number, middle: number): number {
  return share === 0 ? 0 : share * Math.log2(share / middle);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

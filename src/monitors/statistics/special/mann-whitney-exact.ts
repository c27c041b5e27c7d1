// The exact distribution of the Mann-Whitney U without ties.

/**
 * P(U <= u) for samples of n and m values, u whole and at most n m / 2. The orders with each U are the coefficients of
 * the Gaussian binomial coefficient, multiplied out up to u factor by factor; takes min(n, m) u steps.
 */
export function mannWhitneyTail(u: number, n: number, m: number): number {
  const small = Math.min(n, m);
  const large = Math.max(n, m);
  const orders = new Float64Array(u + 1);
  orders[0] = 1;
  let all = 1;
  for (let i = 1; i <= small; i += 1) {
    // Times (1 - q^(large + i)), from the top down so that each coefficient is used before it changes,
    for (let at = u; at >= large + i; at -= 1) orders[at] = (orders[at] ?? 0) - (orders[at - large - i] ?? 0);
    // then divided by (1 - q^i).
    for (let at = i; at <= u; at += 1) orders[at] = (orders[at] ?? 0) + (orders[at - i] ?? 0);
    all *= (large + i) / i;
  }
  return orders.reduce((sum, count) => sum + count, 0) / all;
}

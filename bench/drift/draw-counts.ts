// Draws counts directly, so that a window of 100,000 rows costs no more than one of a hundred.
import type { Random } from '../../src/training/random.js';

const FEW = 24;

/** How many of `n` fall into each of `shares` (which add up to 1), exactly as `n` single draws would. */
export function multinomial(random: Random, n: number, shares: readonly number[]): number[] {
  let left = n;
  let share = 1;
  return shares.map((wanted) => {
    const count = binomial(random, left, share > 0 ? Math.min(1, wanted / share) : 0);
    left -= count;
    share -= wanted;
    return count;
  });
}

/** Successes among `n`: halved by the middle order statistic, which is beta distributed, until few are left (Devroye 1986, X.4.4). */
function binomial(random: Random, n: number, p: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return n;
  if (n <= FEW) {
    let count = 0;
    for (let i = 0; i < n; i += 1) if (random.chance(p)) count += 1;
    return count;
  }
  const middle = (n + 1) >> 1;
  const [below, above] = [gamma(random, middle), gamma(random, n + 1 - middle)];
  const at = below / (below + above);
  return at <= p
    ? middle + binomial(random, n - middle, (p - at) / (1 - at))
    : binomial(random, middle - 1, p / at);
}

/** Gamma distributed with this shape, at least 1, and scale 1 (Marsaglia and Tsang 2000). */
function gamma(random: Random, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

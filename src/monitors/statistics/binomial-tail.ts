// The lower tail of the binomial distribution: how odd it is that so few of many trials succeeded.
import { incompleteBeta } from './special/incomplete-beta.js';

/**
 * P(X <= successes), X the successes of `n` independent trials of the probability `p` each, as `scipy.stats.binom.cdf`: it is
 * I_{1-p}(n - successes, successes + 1). This is the exact binomial test, one-sided. 1 where all succeeded.
 */
export function binomialLowerTail(successes: number, n: number, p: number): number {
  if (successes >= n) return 1;
  if (successes < 0) return 0;
  return incompleteBeta(1 - p, n - successes, successes + 1);
}

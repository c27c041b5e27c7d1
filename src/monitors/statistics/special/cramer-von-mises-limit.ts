// The limiting distribution of the Cramer-von Mises statistic.

const STEP = 1 / 8;
/** exp(-60) adds nothing to a sum near 1. */
const NEGLIGIBLE = 60;

/**
 * P(W >= x) for the limit W of the one-sample statistic: Csorgo and Faraway (1996), equation 1.2. Absolute error about
 * 1e-14, so a smaller p-value is not to be told from 0.
 */
export function cramerVonMisesTail(x: number): number {
  // Below it the distribution function is under 1e-17.
  if (x < 0.003) return 1;
  let below = 0;
  // Gamma(k + 1/2) / Gamma(k + 1), by recurrence.
  let ratio = Math.sqrt(Math.PI);
  for (let k = 0, term = 1; term > 1e-17; k += 1) {
    const y = 4 * k + 1;
    term = (ratio / (Math.PI ** 1.5 * Math.sqrt(x))) * Math.sqrt(y) * besselQuarter((y * y) / (16 * x));
    below += term;
    ratio *= (k + 0.5) / (k + 1);
  }
  return Math.min(1, Math.max(0, 1 - below));
}

/** exp(-q) K_{1/4}(q): the trapezoidal rule on its integral, which converges exponentially for an integrand like this. */
function besselQuarter(q: number): number {
  let sum = Math.exp(-2 * q) / 2;
  for (let t = STEP; q * (Math.cosh(t) - 1) < NEGLIGIBLE; t += STEP)
    sum += Math.exp(-q * (1 + Math.cosh(t))) * Math.cosh(t / 4);
  return sum * STEP;
}

// The limiting distribution of the Anderson-Darling statistic.
import { normalTwoSided } from './normal.js';

const STEP = 0.1;
/** exp(-40) adds nothing to a sum near 1. */
const NEGLIGIBLE = 40;
/** Beyond it rounding would drown 1 - F. */
const SERIES_UP_TO = 18;

/**
 * P(A^2 >= z) for the limit of the one-sample statistic, the sum of Z_j^2 / (j (j + 1)): the series of Anderson and
 * Darling (1954), absolute error about 1e-12; far out, where that is too much, the first of these terms alone decides
 * (Zolotarev 1961): sqrt(3) P(Z^2 >= 2 z), too small by up to 2 %.
 */
export function andersonDarlingTail(z: number): number {
  // Below it the distribution function is under 1e-14.
  if (z < 0.04) return 1;
  if (z > SERIES_UP_TO) return Math.min(1, Math.sqrt(3) * normalTwoSided(Math.sqrt(2 * z)));
  let below = 0;
  // The binomial coefficient of -1/2 over j, by recurrence.
  let binomial = 1;
  for (let j = 0; j < 30; j += 1) {
    const odd = 4 * j + 1;
    const rate = (odd * Math.PI) ** 2 / (8 * z);
    if (rate > NEGLIGIBLE + z) break;
    below += binomial * odd * integral(rate, z);
    binomial *= -(j + 0.5) / (j + 1);
  }
  return Math.min(1, Math.max(0, 1 - (Math.sqrt(2 * Math.PI) / z) * below));
}

/** Of exp(z / (8 (w^2 + 1)) - rate (w^2 + 1)) from 0 on: the trapezoidal rule converges exponentially here. */
function integral(rate: number, z: number): number {
  const at = (w: number): number => Math.exp(z / (8 * (w * w + 1)) - rate * (w * w + 1));
  let sum = at(0) / 2;
  for (let w = STEP; rate * w * w < NEGLIGIBLE; w += STEP) sum += at(w);
  return sum * STEP;
}

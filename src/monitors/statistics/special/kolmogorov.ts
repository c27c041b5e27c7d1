// The upper tail of the one-sample Kolmogorov-Smirnov statistic for finite n.
import { logGamma } from '../incomplete-gamma.js';
import { kolmogorovByMatrix } from './kolmogorov-matrix.js';

const MATRIX_UP_TO = 500;
const SUM_UP_TO = 100_000;

/**
 * P(D >= d) for n values (n >= 1, whole), to 1e-6 and nearer the larger n; relatively so in the tail. By n d^2, as
 * Simard and L'Ecuyer (2011): twice the one-sided tail where both sides are never reached together, below it Marsaglia,
 * Tsang and Wang's matrix up to n = 500 and Pelz and Good's expansion beyond.
 */
export function kolmogorovTail(d: number, n: number): number {
  if (d >= 1) return 0;
  if (d <= 0.5 / n) return 1;
  if (d >= 0.5 || n * d * d >= (n <= 140 ? 4 : 2.2)) return Math.min(1, 2 * oneSidedTail(d, n));
  const below = n <= MATRIX_UP_TO ? kolmogorovByMatrix(d, n) : pelzGood(d, n);
  return Math.min(1, Math.max(0, 1 - below));
}

/** P(D+ >= d): Birnbaum and Tingey's sum, whose terms are all positive; beyond 100,000 values Maag and Dicaire's limit. */
function oneSidedTail(d: number, n: number): number {
  if (n > SUM_UP_TO) return Math.exp(-((6 * n * d + 1) ** 2) / (18 * n));
  const logFactorial = logGamma(n + 1);
  let sum = 0;
  for (let j = 0; j <= n * (1 - d); j += 1) {
    const rest = 1 - d - j / n;
    if (rest <= 0) break;
    const logTerm =
      logFactorial -
      logGamma(j + 1) -
      logGamma(n - j + 1) +
      (n - j) * Math.log(rest) +
      (j - 1) * Math.log(d + j / n);
    sum += Math.exp(logTerm);
  }
  return d * sum;
}

/** P(D < d): Kolmogorov's limit with the terms of order 1 / sqrt(n), 1 / n and n^(-3/2) of Pelz and Good (1976). */
function pelzGood(d: number, n: number): number {
  const z = Math.sqrt(n) * d;
  const zz = z * z;
  const pp = Math.PI ** 2;
  const sums = { k0: 0, k1: 0, k2: 0, k3: 0, even2: 0, even3: 0 };
  for (let k = 1; k <= Math.ceil((16 * z) / Math.PI); k += 1) {
    const mm = (2 * k - 1) ** 2;
    const odd = Math.exp((-mm * pp) / (8 * zz));
    sums.k0 += odd;
    sums.k1 += odd * ((pp / 4) * mm - zz);
    sums.k2 +=
      odd *
      (6 * zz ** 3 +
        2 * zz ** 2 +
        ((2 * zz ** 2 - 5 * zz) * pp * mm) / 4 +
        ((1 - 2 * zz) * (pp * mm) ** 2) / 16);
    sums.k3 +=
      odd *
      (-30 * zz ** 3 -
        90 * zz ** 4 +
        ((135 * zz ** 2 - 96 * zz ** 3) * pp * mm) / 4 +
        ((212 * zz ** 2 - 60 * zz) * (pp * mm) ** 2) / 16 +
        ((5 - 30 * zz) * (pp * mm) ** 3) / 64);
    const even = k * k * Math.exp((-k * k * pp) / (2 * zz));
    sums.even2 += even;
    sums.even3 += even * (3 * zz - pp * k * k);
  }
  const root = Math.sqrt(2 * Math.PI);
  return (
    (root / z) * sums.k0 +
    ((root / (6 * z ** 4)) * sums.k1) / Math.sqrt(n) +
    ((root / (72 * z ** 7)) * sums.k2 - ((pp * root) / (36 * z ** 3)) * sums.even2) / n +
    ((root / (6480 * z ** 10)) * sums.k3 + ((pp * root) / (216 * z ** 6)) * sums.even3) / n ** 1.5
  );
}

// Maximum mean discrepancy: do two samples of vectors, such as embeddings, come from one distribution?
import { quantileOfSorted } from './quantile.js';
import { featureDiscrepancy } from './random-fourier-features.js';

/** A vector; all of both samples have the same length and finite values. */
export type Vector = ArrayLike<number>;

export interface DiscrepancyOptions {
  /** Uniform in [0, 1); drawn from only beyond `exactUpTo` vectors. The same draws make two windows comparable. */
  readonly random: () => number;
  /** sigma^2 of the kernel; without it half the median squared distance, which makes values of two calls incomparable. */
  readonly bandwidth?: number;
  /** Up to so many vectors of both samples together every pair is looked at; 600 by default. */
  readonly exactUpTo?: number;
  /** Frequencies of the approximation beyond; 256 by default. Its error falls with the root of their number. */
  readonly frequencies?: number;
}

export interface Discrepancy {
  /** MMD^2, about 0 when nothing differs and then as often negative as positive; at most 2. */
  readonly statistic: number;
  readonly bandwidth: number;
}

/**
 * The unbiased MMD^2 of Gretton et al. (2012), equation 3, with the kernel exp(-|x - y|^2 / (2 sigma^2)); for many vectors
 * its kernel by random Fourier features, whose expectation is the same. Undefined when a side has fewer than two vectors,
 * or when no bandwidth is given and at least half of all pairs coincide.
 */
export function maximumMeanDiscrepancy(
  a: readonly Vector[],
  b: readonly Vector[],
  { random, bandwidth, exactUpTo = 600, frequencies = 256 }: DiscrepancyOptions,
): Discrepancy | undefined {
  if (a.length < 2 || b.length < 2) return undefined;
  const exact = a.length + b.length <= exactUpTo;
  const pooled = [...a, ...b];
  const sigma2 = bandwidth ?? medianBandwidth(exact ? pooled : choose(pooled, exactUpTo, random));
  if (!(sigma2 > 0) || !Number.isFinite(sigma2)) return undefined;
  const statistic = exact
    ? meanKernel(a, sigma2) + meanKernel(b, sigma2) - 2 * meanKernelBetween(a, b, sigma2)
    : featureDiscrepancy(a, b, sigma2, frequencies, random);
  return { statistic, bandwidth: sigma2 };
}

/** Half the median squared distance over all pairs; 0 for fewer than two vectors. */
function medianBandwidth(vectors: readonly Vector[]): number {
  const distances = new Float64Array((vectors.length * (vectors.length - 1)) / 2);
  let at = 0;
  vectors.forEach((x, i) => {
    for (const y of vectors.slice(0, i)) distances[at++] = squaredDistance(x, y);
  });
  return (quantileOfSorted(distances.sort(), 0.5) ?? 0) / 2;
}

/** With replacement: a few doubles do not move a median. */
function choose(vectors: readonly Vector[], count: number, random: () => number): readonly Vector[] {
  return Array.from({ length: count }, () => vectors[Math.floor(random() * vectors.length)] ?? []);
}

/** Over all pairs of different vectors of one sample. */
function meanKernel(vectors: readonly Vector[], sigma2: number): number {
  let sum = 0;
  vectors.forEach((x, i) => {
    for (const y of vectors.slice(0, i)) sum += kernel(x, y, sigma2);
  });
  return (2 * sum) / (vectors.length * (vectors.length - 1));
}

function meanKernelBetween(a: readonly Vector[], b: readonly Vector[], sigma2: number): number {
  let sum = 0;
  for (const x of a) for (const y of b) sum += kernel(x, y, sigma2);
  return sum / (a.length * b.length);
}

function kernel(x: Vector, y: Vector, sigma2: number): number {
  return Math.exp(-squaredDistance(x, y) / (2 * sigma2));
}

function squaredDistance(x: Vector, y: Vector): number {
  let sum = 0;
  for (let i = 0; i < x.length; i += 1) sum += ((x[i] ?? 0) - (y[i] ?? 0)) ** 2;
  return sum;
}

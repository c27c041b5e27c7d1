// Random Fourier features: a Gaussian kernel as a scalar product, so that samples are compared by their means.

/**
 * MMD^2 of two samples of vectors (at least two each, of one length), unbiased over the draw of frequencies, for the
 * kernel exp(-|x - y|^2 / (2 sigma2)). Takes (n + m) x frequencies x length steps. Rahimi and Recht (2007).
 */
export function featureDiscrepancy(
  a: readonly ArrayLike<number>[],
  b: readonly ArrayLike<number>[],
  sigma2: number,
  frequencies: number,
  random: () => number,
): number {
  const length = a[0]?.length ?? 0;
  let sum = 0;
  for (let i = 0; i < frequencies; i += 1) {
    const frequency = Float64Array.from({ length }, () => normal(random) / Math.sqrt(sigma2));
    const left = meanWave(a, frequency);
    const right = meanWave(b, frequency);
    sum +=
      withoutItself(left, a.length) +
      withoutItself(right, b.length) -
      2 * (left.cos * right.cos + left.sin * right.sin);
  }
  return sum / frequencies;
}

interface Wave {
  readonly cos: number;
  readonly sin: number;
}

function meanWave(vectors: readonly ArrayLike<number>[], frequency: Float64Array): Wave {
  let [cos, sin] = [0, 0];
  for (const x of vectors) {
    let phase = 0;
    for (let i = 0; i < frequency.length; i += 1) phase += (frequency[i] ?? 0) * (x[i] ?? 0);
    cos += Math.cos(phase);
    sin += Math.sin(phase);
  }
  return { cos: cos / vectors.length, sin: sin / vectors.length };
}

/** The squared mean over pairs of different vectors: each vector's product with itself is 1. */
function withoutItself({ cos, sin }: Wave, n: number): number {
  return (n * (cos * cos + sin * sin) - 1) / (n - 1);
}

/** Box and Muller's method. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

// The exact distribution of the one-sample Kolmogorov-Smirnov statistic as a power of a matrix.

/** Cells in rows, times 10 to the `exponent`: the cells of a high power leave the range of a double. */
interface ScaledMatrix {
  readonly cells: Float64Array;
  readonly exponent: number;
}

/**
 * P(D < d) for n values: Marsaglia, Tsang and Wang, "Evaluating Kolmogorov's distribution" (2003). Takes about
 * (2 n d)^3 log2(n) steps, so it is for small n d.
 */
export function kolmogorovByMatrix(d: number, n: number): number {
  const k = Math.floor(n * d) + 1;
  const size = 2 * k - 1;
  const { cells, exponent } = power({ cells: stepMatrix(k - n * d, size), exponent: 0 }, n, size);
  let share = cells[(k - 1) * size + k - 1] ?? 0;
  let scale = exponent;
  for (let i = 1; i <= n; i += 1) {
    share *= i / n;
    if (share > 0 && share < 1e-140) {
      share *= 1e140;
      scale -= 140;
    }
  }
  return share * 10 ** scale;
}

function stepMatrix(h: number, size: number): Float64Array {
  const cells = new Float64Array(size * size);
  const corner = 2 * h - 1 > 0 ? (2 * h - 1) ** size : 0;
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= Math.min(i + 1, size - 1); j += 1) {
      let cell = 1;
      if (j === 0) cell -= h ** (i + 1);
      if (i === size - 1) cell -= h ** (size - j);
      if (j === 0 && i === size - 1) cell += corner;
      for (let factor = 2; factor <= i - j + 1; factor += 1) cell /= factor;
      cells[i * size + j] = cell;
    }
  }
  return cells;
}

function power(base: ScaledMatrix, n: number, size: number): ScaledMatrix {
  if (n === 1) return base;
  const half = power(base, Math.floor(n / 2), size);
  const square = product(half, half, size);
  return n % 2 === 0 ? square : product(base, square, size);
}

function product(left: ScaledMatrix, right: ScaledMatrix, size: number): ScaledMatrix {
  const cells = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < size; k += 1) {
      const factor = left.cells[i * size + k] ?? 0;
      if (factor === 0) continue;
      for (let j = 0; j < size; j += 1)
        cells[i * size + j] = (cells[i * size + j] ?? 0) + factor * (right.cells[k * size + j] ?? 0);
    }
  }
  const exponent = left.exponent + right.exponent;
  const middle = cells[((size - 1) / 2) * (size + 1)] ?? 0;
  if (middle <= 1e140) return { cells, exponent };
  return { cells: cells.map((cell) => cell * 1e-140), exponent: exponent + 140 };
}

// The levels of the k-sample Anderson-Darling statistic.

/** Table 2 of Scholz and Stephens (1987): at each level the critical value is b0 + b1 / sqrt(m) + b2 / m. */
const LEVELS = [
  { level: 0.25, b0: 0.675, b1: -0.245, b2: -0.105 },
  { level: 0.1, b0: 1.281, b1: 0.25, b2: -0.305 },
  { level: 0.05, b0: 1.645, b1: 0.678, b2: -0.362 },
  { level: 0.025, b0: 1.96, b1: 1.149, b2: -0.391 },
  { level: 0.01, b0: 2.326, b1: 1.822, b2: -0.396 },
  { level: 0.005, b0: 2.573, b1: 2.364, b2: -0.345 },
  { level: 0.001, b0: 3.085, b1: 3.615, b2: -0.154 },
] as const;
const LARGEST = 0.25;
const SMALLEST = 0.001;

/**
 * The p-value of a standardised statistic of m + 1 samples: a parabola through the logarithms of the tabled levels by
 * least squares, as scipy has it; 0.25 below the table and 0.001 above it.
 */
export function andersonDarlingPValue(statistic: number, m: number): number {
  const points = LEVELS.map(({ level, b0, b1, b2 }) => ({
    x: b0 + b1 / Math.sqrt(m) + b2 / m,
    y: Math.log(level),
  }));
  const xs = points.map(({ x }) => x);
  if (statistic < Math.min(...xs)) return LARGEST;
  if (statistic > Math.max(...xs)) return SMALLEST;
  return Math.exp(parabolaAt(statistic, points));
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The least-squares parabola at `x`, built up from orthogonal polynomials (Forsythe), which no cancellation spoils. */
function parabolaAt(x: number, points: readonly Point[]): number {
  const mean = points.reduce((sum, point) => sum + point.x, 0) / points.length;
  const first = (at: number): number => at - mean;
  const squares = points.reduce((sum, point) => sum + first(point.x) ** 2, 0);
  const skew = points.reduce((sum, point) => sum + point.x * first(point.x) ** 2, 0) / squares;
  const second = (at: number): number => (at - skew) * first(at) - squares / points.length;
  const part = (basis: (at: number) => number): number => {
    const norm = points.reduce((sum, point) => sum + basis(point.x) ** 2, 0);
    return (points.reduce((sum, point) => sum + basis(point.x) * point.y, 0) / norm) * basis(x);
  };
  return part(() => 1) + part(first) + part(second);
}

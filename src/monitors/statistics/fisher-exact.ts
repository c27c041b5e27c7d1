// Fisher's exact test of a 2 x 2 table, for shares of few events.

/** Both rows of a table of counts, whole numbers of at least 0. */
export type TwoByTwo = readonly [readonly [number, number], readonly [number, number]];

/** The odds ratio of the sample, undefined when it has no finite value, and the two-sided p-value. */
export interface FisherTest {
  readonly oddsRatio: number | undefined;
  readonly pValue: number;
}

/** Tables as likely as the one seen, but for rounding, count as likely. */
const ALIKE = 1 + 1e-12;

/**
 * The probability, given the sums of rows and columns, of a table no likelier than the one seen, as
 * `scipy.stats.fisher_exact`. Takes as many steps as the smallest of those sums. Undefined when a row or a column is
 * empty, as there is only one table then.
 */
export function fisherExact([[a, b], [c, d]]: TwoByTwo): FisherTest | undefined {
  if (a + b <= 0 || c + d <= 0 || a + c <= 0 || b + d <= 0) return undefined;
  const lowest = Math.max(0, a - d);
  const weights = hypergeometricWeights(a + b, a + c, a + b + c + d, lowest, Math.min(a + b, a + c));
  const seen = (weights[a - lowest] ?? 0) * ALIKE;
  let all = 0;
  let asUnlikely = 0;
  for (const weight of weights) {
    all += weight;
    if (weight <= seen) asUnlikely += weight;
  }
  return { oddsRatio: b * c > 0 ? (a * d) / (b * c) : undefined, pValue: asUnlikely / all };
}

/** In proportion to the probability of each upper left cell from `lowest` to `highest`; from the likeliest outwards, so nothing overflows. */
function hypergeometricWeights(
  row: number,
  column: number,
  total: number,
  lowest: number,
  highest: number,
): Float64Array {
  const weights = new Float64Array(highest - lowest + 1);
  const likeliest = Math.floor(((row + 1) * (column + 1)) / (total + 2));
  /** How much likelier `cell + 1` is than `cell`. */
  const step = (cell: number): number =>
    ((row - cell) * (column - cell)) / ((cell + 1) * (total - row - column + cell + 1));
  let weight = 1;
  for (let cell = likeliest; cell <= highest && weight > 0; cell += 1) {
    weights[cell - lowest] = weight;
    weight *= step(cell);
  }
  weight = 1;
  for (let cell = likeliest; cell >= lowest && weight > 0; cell -= 1) {
    weights[cell - lowest] = weight;
    weight /= step(cell - 1);
  }
  return weights;
}

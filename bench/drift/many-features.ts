// How large a share of the findings is false when a hundred features are judged together.
import { createRandom } from '../../src/training/random.js';
import { numericReference } from './references.js';
import type { NumericSource } from './sources.js';
import type { Statistics } from './statistics.js';

const ALPHA = 0.05;
const FEATURES = 100;

export interface ManyFeatures {
  readonly source: NumericSource;
  /** So many of the hundred are shifted by one standard deviation of a standard normal. */
  readonly moved: number;
  readonly window: number;
  readonly evaluations: number;
  readonly seed: number;
}

/** The mean false-discovery share, its standard error, and how often anything false was found with and without correction. */
export function falseDiscoveries(
  statistics: Statistics,
  { source, moved, window, evaluations, seed }: ManyFeatures,
): {
  readonly rate: number;
  readonly standardError: number;
  readonly anyCorrected: number;
  readonly anyUncorrected: number;
} {
  const random = createRandom(seed);
  let [sum, squares, anyCorrected, anyUncorrected] = [0, 0, 0, 0];
  for (let run = 0; run < evaluations; run += 1) {
    const pValues = Array.from({ length: FEATURES }, (_, i) => {
      const reference = numericReference(statistics, source, 1000, random);
      const now = reference.window(window, i < moved ? 1 : 0);
      return statistics.testColumn('auto', 'numeric', reference.counts, now)?.pValue ?? 1;
    });
    const found = statistics.adjustPValues(pValues, 'benjamini-hochberg').map((p) => p <= ALPHA);
    const wrong = found.slice(moved).filter(Boolean).length;
    const share = wrong / Math.max(1, found.filter(Boolean).length);
    sum += share;
    squares += share * share;
    if (wrong > 0) anyCorrected += 1;
    if (pValues.slice(moved).some((p) => p <= ALPHA)) anyUncorrected += 1;
  }
  const rate = sum / evaluations;
  return {
    rate,
    standardError: Math.sqrt(Math.max(0, squares / evaluations - rate * rate) / evaluations),
    anyCorrected: anyCorrected / evaluations,
    anyUncorrected: anyUncorrected / evaluations,
  };
}

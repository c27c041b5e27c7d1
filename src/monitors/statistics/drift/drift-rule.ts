// What a method that settings name comes down to: a test, a distance, and from where on each of them counts.
import type { ColumnReference } from './column-reference.js';
import type { ColumnTest } from './column-test.js';
import type { EffectMethod } from './effect-size.js';
import type { DriftThresholds } from './drift-thresholds.js';

/** What a setting may ask for. `auto` is the test `auto` with Wasserstein for numbers and with Jensen-Shannon for categories. */
export const DRIFT_METHODS = [
  'auto',
  'ks',
  'chi-square',
  'psi',
  'jensen-shannon',
  'wasserstein',
  'hellinger',
  'cramer-von-mises',
  'energy',
  'anderson-darling',
  'mann-whitney',
  'welch-t',
  'z-test',
  'g-test',
] as const;
export type DriftMethod = (typeof DRIFT_METHODS)[number];

/** How a column is judged: by a test, and by a distance and the least one that matters. */
export interface DriftRule {
  readonly test: ColumnTest;
  readonly method: EffectMethod;
  readonly threshold: number;
  /** Below it a window is suspect; without it the level that holds for all columns. */
  readonly suspectPValue?: number;
}

/** The settings that say from where on a difference counts. */
export interface LeastDifferences {
  readonly minWasserstein: number;
  readonly minJensenShannon: number;
  readonly thresholds: DriftThresholds;
}

/**
 * The rule of a method for a column. A distance stands beside the default test, a test beside the default distance;
 * `chi-square` alone lets every effect matter. Undefined where it does not fit: categories lie at no distance and in no
 * order, and their z test compares one share, so it wants two of them.
 */
export function driftRule(
  method: DriftMethod,
  reference: ColumnReference,
  { minWasserstein, minJensenShannon, thresholds }: LeastDifferences,
): DriftRule | undefined {
  const isNumeric = reference.kind === 'numeric';
  const byDistance = (distance: EffectMethod, threshold: number): DriftRule => ({
    test: 'auto',
    method: distance,
    threshold,
  });
  const usual = isNumeric
    ? byDistance('wasserstein', minWasserstein)
    : byDistance('jensen-shannon', minJensenShannon);
  const byTest = (test: Exclude<ColumnTest, 'auto'>, rule = usual): DriftRule => {
    const suspectPValue = thresholds[test];
    return { ...rule, test, ...(suspectPValue === undefined ? {} : { suspectPValue }) };
  };
  switch (method) {
    case 'auto':
      return usual;
    case 'chi-square':
      return byTest(method, { ...usual, threshold: 0 });
    case 'g-test':
      return byTest(method);
    case 'z-test':
      return isNumeric || Object.keys(reference.counts).length === 2 ? byTest(method) : undefined;
    case 'ks':
    case 'cramer-von-mises':
    case 'anderson-darling':
    case 'mann-whitney':
    case 'welch-t':
      return isNumeric ? byTest(method) : undefined;
    case 'jensen-shannon':
      return byDistance(method, minJensenShannon);
    case 'psi':
    case 'hellinger':
      return byDistance(method, thresholds[method]);
    case 'wasserstein':
      return isNumeric ? usual : undefined;
    case 'energy':
      return isNumeric ? byDistance(method, thresholds.energy) : undefined;
  }
}

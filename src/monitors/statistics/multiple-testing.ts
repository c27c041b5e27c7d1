// Corrects the p-values of tests that are judged together, so that many columns do not mean many false alarms.

/** `bonferroni` and `holm` bound the chance of any false finding, the other two the share of false ones among all found. */
export type AdjustmentMethod = 'bonferroni' | 'holm' | 'benjamini-hochberg' | 'benjamini-yekutieli';

/**
 * Adjusted p-values in the order given, each from its own p-value to 1: a test is found at level alpha when its
 * adjusted p-value is at most alpha. Holm and Benjamini-Yekutieli hold under any dependence between the tests,
 * Benjamini-Hochberg under independence and positive dependence (as `p.adjust` in R). p-values are 0 to 1; a test that
 * could not be made is left out by the caller.
 */
export function adjustPValues(pValues: readonly number[], method: AdjustmentMethod): number[] {
  const count = pValues.length;
  switch (method) {
    case 'bonferroni':
      return pValues.map((p) => Math.min(1, p * count));
    case 'holm':
      return stepDown(pValues, (rank) => count - rank);
    case 'benjamini-hochberg':
      return stepUp(pValues, (rank) => count / (rank + 1));
    case 'benjamini-yekutieli': {
      const harmonic = pValues.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
      return stepUp(pValues, (rank) => (count * harmonic) / (rank + 1));
    }
  }
}

/** From the smallest p-value up, none may be smaller than the one before; `rank` counts from 0. */
function stepDown(pValues: readonly number[], factor: (rank: number) => number): number[] {
  const adjusted = [...pValues];
  let bound = 0;
  rising(pValues).forEach(({ p, at }, rank) => {
    bound = Math.max(bound, Math.min(1, p * factor(rank)));
    adjusted[at] = bound;
  });
  return adjusted;
}

/** From the largest p-value down, none may be larger than the one before; `rank` counts from 0 at the smallest. */
function stepUp(pValues: readonly number[], factor: (rank: number) => number): number[] {
  const adjusted = [...pValues];
  let bound = 1;
  const order = rising(pValues);
  for (const [back, { p, at }] of order.toReversed().entries()) {
    bound = Math.min(bound, p * factor(order.length - 1 - back));
    adjusted[at] = bound;
  }
  return adjusted;
}

function rising(pValues: readonly number[]): readonly { readonly p: number; readonly at: number }[] {
  return pValues.map((p, at) => ({ p, at })).sort((left, right) => left.p - right.p);
}

// The rules for drift that are put beside each other: Vigie's default and those it replaces.
import type { Statistics } from './statistics.js';

/** Whether the window would be called drifted. */
export type Rule = (reference: Float64Array, window: Float64Array) => boolean;

const ALPHA = 0.05;
const EFFECT = 0.1;
const EDGES = Array.from({ length: 60 }, (_, i) => i);

/** Tests at 0.05, on numbers (`ks`, `deciles`) and on categories given as numbers from 0. */
export function testsOf(statistics: Statistics): Readonly<Record<string, Rule>> {
  const { countInto, kolmogorovSmirnov, chiSquareHomogeneity, chiSquareByMoments } = statistics;
  return {
    ks: (a, b) => (kolmogorovSmirnov(a, b)?.pValue ?? 1) < ALPHA,
    deciles: (a, b) => {
      const [left, right] = decileCounts(statistics, a, b);
      return (chiSquareHomogeneity(left, right)?.pValue ?? 1) < ALPHA;
    },
    categories: (a, b) =>
      (chiSquareHomogeneity(countInto(EDGES, a), countInto(EDGES, b))?.pValue ?? 1) < ALPHA,
    moments: (a, b) => (chiSquareByMoments(countInto(EDGES, a), countInto(EDGES, b))?.pValue ?? 1) < ALPHA,
    fit: (a, b) => goodnessOfFit(statistics, countInto(EDGES, a), countInto(EDGES, b)) < ALPHA,
  };
}

/** Rules for one numeric feature: the default asks for significance and effect, the fixed ones for a distance alone. */
export function numericRulesOf(statistics: Statistics): Readonly<Record<string, Rule>> {
  const { deciles } = testsOf(statistics);
  const wasserstein: Rule = (a, b) => (statistics.normedWasserstein(a, b) ?? 0) >= EFFECT;
  return {
    'Vigie: chi-square and Wasserstein': (a, b) => deciles?.(a, b) === true && wasserstein(a, b),
    'Wasserstein >= 0.1': wasserstein,
    'Jensen-Shannon >= 0.1': (a, b) =>
      (statistics.jensenShannonDistance(...sturgesCounts(statistics, a, b)) ?? 0) >= EFFECT,
    'PSI >= 0.1': (a, b) => (psiOnDeciles(statistics, a, b) ?? 0) >= EFFECT,
  };
}

export function psiOnDeciles(statistics: Statistics, a: Float64Array, b: Float64Array): number | undefined {
  return statistics.populationStabilityIndex(...decileCounts(statistics, a, b));
}

export function psiOnEqualWidths(
  statistics: Statistics,
  a: Float64Array,
  b: Float64Array,
): number | undefined {
  return statistics.populationStabilityIndex(...sturgesCounts(statistics, a, b));
}

type TwoCounts = readonly [number[], number[]];

function decileCounts(statistics: Statistics, a: Float64Array, b: Float64Array): TwoCounts {
  const edges = statistics.decileEdges(a.toSorted());
  return [statistics.countInto(edges, a), statistics.countInto(edges, b)];
}

function sturgesCounts(statistics: Statistics, a: Float64Array, b: Float64Array): TwoCounts {
  const edges = statistics.sturgesEdges(Float64Array.from([...a, ...b]).sort());
  return [statistics.countInto(edges, a), statistics.countInto(edges, b)];
}

/** The p-value of chi-square that takes the shares of the reference for the truth. */
function goodnessOfFit(
  { upperIncompleteGamma }: Statistics,
  reference: readonly number[],
  window: readonly number[],
): number {
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const scale = total(window) / total(reference);
  const seen = reference.flatMap((count, i) => (count > 0 ? [{ count, now: window[i] ?? 0 }] : []));
  const statistic = seen.reduce(
    (sum, { count, now }) => sum + (now - count * scale) ** 2 / (count * scale),
    0,
  );
  return seen.length < 2 ? 1 : upperIncompleteGamma((seen.length - 1) / 2, statistic / 2);
}

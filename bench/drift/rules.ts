// Rules for one numeric feature that are put beside each other: Vigie's default and those it replaces.
import type { Statistics } from './statistics.js';

/** Whether the window would be called drifted. */
export type Rule = (reference: Float64Array, window: Float64Array) => boolean;

const ALPHA = 0.05;
const EFFECT = 0.1;

/** The default asks for significance and effect, the fixed ones for a distance alone, the tests for significance alone. */
export function numericRulesOf(statistics: Statistics): Readonly<Record<string, Rule>> {
  const { kolmogorovSmirnov, welchT, chiSquareHomogeneity, mannWhitney } = statistics;
  // The more decisive of two tests, its p-value doubled.
  const significant: Rule = (a, b) => {
    const byCounts = chiSquareHomogeneity(...decileCounts(statistics, a, b))?.pValue ?? 1;
    return 2 * Math.min(byCounts, mannWhitney(a, b)?.pValue ?? 1) < ALPHA;
  };
  const wasserstein: Rule = (a, b) => (statistics.normedWasserstein(a, b) ?? 0) >= EFFECT;
  return {
    'Vigie: significant and Wasserstein': (a, b) => significant(a, b) && wasserstein(a, b),
    'Wasserstein >= 0.1': wasserstein,
    'Jensen-Shannon >= 0.1': (a, b) =>
      (statistics.jensenShannonDistance(...sturgesCounts(statistics, a, b)) ?? 0) >= EFFECT,
    'PSI >= 0.1': (a, b) => (psiOnDeciles(statistics, a, b) ?? 0) >= EFFECT,
    'exact KS': (a, b) => (kolmogorovSmirnov(a, b)?.pValue ?? 1) < ALPHA,
    'Welch t': (a, b) => (welchT(a, b)?.pValue ?? 1) < ALPHA,
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

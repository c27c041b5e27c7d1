// The statistics whose rates are measured, from the compiled code.
import { fromDist } from '../subjects/from-dist.js';

type Sample = Float64Array;
type Counts = readonly number[];
type Test<Side> = (
  left: Side,
  right: Side,
) => { readonly statistic: number; readonly pValue: number } | undefined;
type Distance<Side> = (left: Side, right: Side) => number | undefined;

/** What is asked of `src/monitors/statistics`; its own documentation says what each promises. */
export interface Statistics {
  readonly kolmogorovSmirnov: Test<Sample>;
  readonly chiSquareHomogeneity: Test<Counts>;
  readonly chiSquareByMoments: Test<Counts>;
  readonly normedWasserstein: Distance<Sample>;
  readonly jensenShannonDistance: Distance<Counts>;
  readonly populationStabilityIndex: Distance<Counts>;
  readonly decileEdges: (sorted: Sample) => number[];
  readonly sturgesEdges: (sorted: Sample) => number[];
  readonly countInto: (edges: readonly number[], values: Sample) => number[];
  /** The chi-square tail is Q(df / 2, x / 2). */
  readonly upperIncompleteGamma: (a: number, x: number) => number;
}

const MODULES = [
  'kolmogorov-smirnov',
  'chi-square-homogeneity',
  'chi-square-by-moments',
  'wasserstein',
  'jensen-shannon',
  'psi',
  'binning',
  'incomplete-gamma',
];

/** Needs a build. */
export async function loadStatistics(): Promise<Statistics> {
  const modules = await Promise.all(MODULES.map((name) => fromDist(`monitors/statistics/${name}`)));
  return Object.assign({}, ...modules) as Statistics;
}

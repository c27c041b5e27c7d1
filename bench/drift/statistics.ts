// The statistics whose rates are measured, from the compiled code.
import { fromDist } from '../subjects/from-dist.js';

type Sample = Float64Array;
type Counts = readonly number[];
type Test<Side> = (
  left: Side,
  right: Side,
) => { readonly statistic: number; readonly pValue: number } | undefined;
type Distance<Side> = (left: Side, right: Side) => number | undefined;

/** What drift tests know of a column; `table` alone for categories. */
export interface ColumnCounts {
  readonly table: Counts;
  readonly below: number;
  readonly above: number;
  readonly cells: Counts;
  readonly deviations: number;
  readonly squares: number;
}

/** Suspect windows in a row, of which nothing is looked at here. */
export type Trail = object;

/** As the settings of data-drift. */
export interface DecisionRules {
  readonly minRows: number;
  readonly suspectPValue: number;
  readonly confirmations: number;
  readonly warnPValue: number;
  readonly criticalPValue: number;
}

/** A numeric profile, of which nothing is looked at here. */
export type NumericProfile = object;

/** What is asked of `src/monitors/statistics`; its own documentation says what each promises. */
export interface Statistics {
  readonly kolmogorovSmirnov: Test<Sample>;
  readonly welchT: Test<Sample>;
  readonly mannWhitney: Test<Sample>;
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
  readonly adjustPValues: (pValues: readonly number[], method: 'benjamini-hochberg') => number[];
  readonly wilsonInterval: (
    successes: number,
    n: number,
  ) => { readonly lower: number; readonly upper: number };
  /** What data-drift judges by; `auto` is its default test. */
  readonly testColumn: (
    test: string,
    kind: 'numeric' | 'category',
    reference: ColumnCounts,
    current: ColumnCounts,
  ) => { readonly pValue: number } | undefined;
  readonly NO_TRAIL: Trail;
  readonly judgeColumns: (
    columns: readonly {
      readonly kind: 'numeric';
      readonly reference: ColumnCounts;
      readonly rule: { readonly test: string; readonly method: string; readonly threshold: number };
      readonly summary: ColumnCounts;
      readonly before: Trail;
    }[],
    rules: DecisionRules,
  ) => { readonly status: string; readonly trail: Trail }[];
  readonly createNumericSketch: (profile: NumericProfile) => {
    readonly reference: ColumnCounts;
    add(cells: readonly number[], rows: readonly number[]): void;
    summary(): ColumnCounts;
    clear(): void;
  };
  readonly createNumericGrid: (profile: NumericProfile) => {
    readonly quantiles: { readonly points: ArrayLike<number> };
    readonly binOfCell: readonly number[];
    readonly referenceBins: Counts;
    readonly groupOfCell: readonly number[];
    readonly referenceGroups: Counts;
    readonly belowCells: number;
    readonly aboveCell: number;
  };
}

const MODULES = [
  'kolmogorov-smirnov',
  'welch-t',
  'mann-whitney',
  'chi-square-homogeneity',
  'chi-square-by-moments',
  'wasserstein',
  'jensen-shannon',
  'psi',
  'binning',
  'incomplete-gamma',
  'multiple-testing',
  'wilson-interval',
  'drift/column-test',
  'drift/judge-columns',
  'drift/numeric-sketch',
  'drift/numeric-grid',
];

/** Needs a build. */
export async function loadStatistics(): Promise<Statistics> {
  const modules = await Promise.all(MODULES.map((name) => fromDist(`monitors/statistics/${name}`)));
  return Object.assign({}, ...modules) as Statistics;
}

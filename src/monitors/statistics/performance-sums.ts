// Estimated performance of a classifier from sums over its answers, so that no row need be kept.
import { estimateOf, type Estimate } from './estimate-performance.js';

/** Expected counts and metrics of one class against all others; undefined where there is nothing to divide by. */
export interface SummedClass {
  /** Rows answered with this class, and rows that are truly of it as far as the probabilities go. */
  readonly answered: number;
  readonly expected: number;
  readonly precision: number | undefined;
  readonly recall: number | undefined;
  readonly f1: number | undefined;
}

/** What `estimatePerformance` answers of the same rows, without the areas under ROC curves, which need the rows. */
export interface SummedPerformance {
  readonly n: number;
  readonly accuracy: Estimate;
  /** Mean F1 of the classes that have one. */
  readonly macroF1: number | undefined;
  /** Undefined beyond MOST_BANDED classes, for it takes a sum for each pair of them. */
  readonly macroF1Band: Estimate | undefined;
  /** Empty beyond MOST_SUMMED classes. */
  readonly classes: readonly SummedClass[];
}

/** Adds up answers; about 240 numbers for ten classes. */
export interface PerformanceSums {
  /** One answer: calibrated probabilities by class, which add up to 1, and the index of the class answered. */
  readonly add: (probabilities: ArrayLike<number>, answered: number) => void;
  /** Undefined without rows. */
  readonly estimate: () => SummedPerformance | undefined;
  readonly snapshot: () => number[];
  /** Takes up a snapshot of as many classes; throws on one of another length. */
  readonly restore: (state: readonly number[]) => void;
}

export const MOST_BANDED = 10;
export const MOST_SUMMED = 100;

/** Nothing added yet. */
export function createPerformanceSums(classCount: number): PerformanceSums {
  const k = classCount <= MOST_SUMMED ? classCount : 0;
  const pairs = k <= MOST_BANDED ? k * k : 0;
  const sums = new Float64Array(3 + 3 * k + 2 * pairs);
  const part = (from: number, length: number) => sums.subarray(from, from + length);
  /** Rows, sum of p and of p (1 - p) of the classes answered. */
  const overall = part(0, 3);
  const answers = part(3, k);
  const hits = part(3 + k, k);
  const expected = part(3 + 2 * k, k);
  /** Sums of p_a p_c over rows answered with a, and of p_c p_d over all rows. */
  const answeredPairs = part(3 + 3 * k, pairs);
  const allPairs = part(3 + 3 * k + pairs, pairs);

  const add: PerformanceSums['add'] = (probabilities, answered) => {
    const p = probabilities[answered] ?? 0;
    increase(overall, 0, 1);
    increase(overall, 1, p);
    increase(overall, 2, p * (1 - p));
    if (k === 0) return;
    increase(answers, answered, 1);
    increase(hits, answered, p);
    for (let c = 0; c < k; c += 1) {
      const pc = probabilities[c] ?? 0;
      increase(expected, c, pc);
      if (pairs === 0) continue;
      increase(answeredPairs, answered * k + c, p * pc);
      for (let d = 0; d < k; d += 1) increase(allPairs, c * k + d, pc * (probabilities[d] ?? 0));
    }
  };

  /**
   * The variance of `estimatePerformance`, multiplied out: a row's truth of class c moves the F1 of c by
   * (2 [answered c] - F1) / D, D = rows answered + rows true, and of these moves mean and mean square are wanted.
   */
  const varianceOfF1Sum = (classes: readonly SummedClass[]) => {
    // Nothing is added to a class of size 0, by whatever it is divided.
    const sizes = classes.map((one) => (one.f1 === undefined ? 1 : one.answered + one.expected));
    const pull = classes.map(({ f1 = 0 }, c) => f1 / (sizes[c] ?? 1));
    let variance = 0;
    classes.forEach(({ f1 = 0 }, a) => {
      const size = sizes[a] ?? 1;
      variance += (expected[a] ?? 0) * (pull[a] ?? 0) ** 2 + ((hits[a] ?? 0) * 4 * (1 - f1)) / size ** 2;
      variance -= (4 * (answeredPairs[a * k + a] ?? 0)) / size ** 2;
      classes.forEach((_, c) => {
        variance += (4 * (pull[c] ?? 0) * (answeredPairs[a * k + c] ?? 0)) / size;
        variance -= (pull[a] ?? 0) * (pull[c] ?? 0) * (allPairs[a * k + c] ?? 0);
      });
    });
    return Math.max(0, variance);
  };

  return {
    add,
    estimate: () => {
      const [n = 0, right = 0, variance = 0] = overall;
      if (n === 0) return undefined;
      const classes = Array.from(answers, (answered, c): SummedClass => {
        const [hit, truly] = [hits[c] ?? 0, expected[c] ?? 0];
        return {
          answered,
          expected: truly,
          precision: ratio(hit, answered),
          recall: ratio(hit, truly),
          f1: ratio(2 * hit, answered + truly),
        };
      });
      const known = classes.flatMap(({ f1 }) => (f1 === undefined ? [] : [f1]));
      const macroF1 = ratio(
        known.reduce((total, f1) => total + f1, 0),
        known.length,
      );
      return {
        n,
        accuracy: estimateOf(right / n, Math.sqrt(Math.max(0, variance)) / n),
        macroF1,
        macroF1Band:
          macroF1 === undefined || pairs === 0
            ? undefined
            : estimateOf(macroF1, Math.sqrt(varianceOfF1Sum(classes)) / known.length),
        classes,
      };
    },
    snapshot: () => [...sums],
    restore: (state) => {
      if (state.length !== sums.length) throw new Error('the sums are those of other classes');
      sums.set(state);
    },
  };
}

function increase(sums: Float64Array, at: number, by: number): void {
  sums[at] = (sums[at] ?? 0) + by;
}

function ratio(part: number, whole: number): number | undefined {
  return whole > 0 ? part / whole : undefined;
}

// Adds up what was found in the pictures of one window, in as many numbers as there are classes.
import { clusteredShare, type ClusteredShare } from '../statistics/clustered-share.js';
import { boxSize, type FoundBox } from '../statistics/detection/picture-outputs.js';
import { studentTwoSided } from '../statistics/special/student-t.js';

/** A mean over pictures with its 95 % interval (Student's t), which needs two of them. */
export interface PictureMean {
  readonly value: number;
  readonly n: number;
  readonly lower: number;
  readonly upper: number;
}

/** A window in numbers; `shares` in the order of the classes, undefined while there are no boxes. */
export interface BoxSummary {
  readonly pictures: number;
  readonly empty: number;
  readonly boxes: number;
  readonly perImage: PictureMean | undefined;
  /** Of pictures with boxes: the mean of their boxes' means. */
  readonly confidence: PictureMean | undefined;
  readonly boxSize: PictureMean | undefined;
  readonly cut: ClusteredShare | undefined;
  readonly shares: readonly (ClusteredShare | undefined)[];
}

export interface BoxTally {
  /** One picture; `classOf` of a box is its place among the classes. */
  add(found: readonly FoundBox[]): void;
  summary(): BoxSummary;
  snapshot(): number[];
  /** Throws when the state counts another number of classes. */
  restore(state: readonly number[]): void;
}

const MEANS = 3;
/** What is larger is no size of anything in a picture, and its square might overflow. */
const LARGEST = 1e9;

/** Counts boxes by class; `codeOf` gives the place of a label among `classCount` of them. */
export function createBoxTally(classCount: number, codeOf: (label: string) => number): BoxTally {
  const sums = new Float64Array(3 + 3 * MEANS + 3 * (1 + classCount));
  const increase = (at: number, by: number) => {
    sums[at] = (sums[at] ?? 0) + by;
  };
  const meanAt = (index: number) => 3 + 3 * index;
  const shareAt = (index: number) => 3 + 3 * MEANS + 3 * index;

  const addMean = (index: number, value: number) => {
    if (!(Math.abs(value) <= LARGEST)) return;
    increase(meanAt(index), 1);
    increase(meanAt(index) + 1, value);
    increase(meanAt(index) + 2, value * value);
  };
  const addShare = (index: number, hits: number, units: number) => {
    increase(shareAt(index), hits);
    increase(shareAt(index) + 1, hits * hits);
    increase(shareAt(index) + 2, hits * units);
  };
  const mean = (index: number): PictureMean | undefined => {
    const [n = 0, sum = 0, squares = 0] = sums.subarray(meanAt(index));
    return n === 0 ? undefined : meanOf(n, sum, squares);
  };
  const share = (index: number) => {
    const [, clusters = 0, unitSquares = 0] = sums;
    const [, units = 0] = sums.subarray(meanAt(0));
    const [hits = 0, hitSquares = 0, products = 0] = sums.subarray(shareAt(index));
    return clusteredShare({ clusters, units, unitSquares, hits, hitSquares, products });
  };

  return {
    add: (found) => {
      const n = found.length;
      increase(0, 1);
      addMean(0, n);
      if (n === 0) return;
      increase(1, 1);
      increase(2, n * n);
      addMean(1, found.reduce((sum, { confidence }) => sum + confidence, 0) / n);
      addMean(2, found.reduce((sum, one) => sum + boxSize(one), 0) / n);
      addShare(0, found.filter(({ cut }) => cut === true).length, n);
      const counts = new Map<number, number>();
      for (const { label } of found) counts.set(codeOf(label), (counts.get(codeOf(label)) ?? 0) + 1);
      for (const [code, count] of counts) addShare(1 + code, count, n);
    },
    summary: () => {
      const [pictures = 0, seen = 0] = sums;
      const [, boxes = 0] = sums.subarray(meanAt(0));
      return {
        ...{ pictures, empty: pictures - seen, boxes },
        ...{ perImage: mean(0), confidence: mean(1), boxSize: mean(2), cut: share(0) },
        shares: Array.from({ length: classCount }, (_, code) => share(1 + code)),
      };
    },
    snapshot: () => [...sums],
    restore: (state) => {
      if (state.length !== sums.length) throw new Error('the state counts other classes');
      sums.set(state);
    },
  };
}

function meanOf(n: number, sum: number, squares: number): PictureMean {
  const value = sum / n;
  const variance = n < 2 ? 0 : Math.max(0, squares - sum * value) / (n - 1);
  const reach = n < 2 ? 0 : quantile95(n - 1) * Math.sqrt(variance / n);
  return { value, n, lower: value - reach, upper: value + reach };
}

/** The two-sided 5 % quantile of Student's t, to 1e-9. */
function quantile95(degreesOfFreedom: number): number {
  let [low, high] = [1.9, 13];
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (studentTwoSided(middle, degreesOfFreedom) > 0.05) low = middle;
    else high = middle;
  }
  return low;
}

// How well a detector found what is in pictures, from counted matches, with intervals by drawing pictures again.
import { SCORE_STEPS, type CountedMatches } from './counted-matches.js';

/** A metric, 0 to 1; `n` boxes in `pictures`; error and 95 % interval by a bootstrap over pictures (Efron 1979). */
export interface PictureRate {
  readonly value: number;
  readonly n: number;
  readonly pictures: number;
  readonly standardError: number;
  readonly lower: number;
  readonly upper: number;
}

/** One class; rates are undefined where there is nothing to divide by. */
export interface CountedClass {
  readonly truths: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly precision: PictureRate | undefined;
  readonly recall: PictureRate | undefined;
  readonly f1: PictureRate | undefined;
  readonly averagePrecision: PictureRate | undefined;
}

export interface CountedMetrics {
  readonly pictures: number;
  readonly classes: readonly CountedClass[];
  /** Means over the classes that are in a picture. */
  readonly meanAveragePrecision: PictureRate | undefined;
  readonly macroF1: number | undefined;
}

const RESAMPLES = 200;
const NAMES = ['precision', 'recall', 'f1', 'averagePrecision'] as const;

/** The metrics of the first `classCount` classes; `random` gives numbers from 0 to 1, in one order for the same pictures. */
export function countedMetrics(
  pictures: readonly CountedMatches[],
  classCount: number,
  random: () => number,
): CountedMetrics {
  const sums = createSums(classCount);
  const weights = new Uint32Array(pictures.length).fill(1);
  // Gone through hundreds of times.
  const flat = pictures.map((picture) => Int32Array.from(picture));
  sums.of(flat, weights);
  const point = measure(sums);
  const occurs = sums.occurrences(pictures);
  const drawn = Array.from({ length: pictures.length === 0 ? 0 : RESAMPLES }, () => {
    weights.fill(0);
    pictures.forEach(() => {
      const at = Math.floor(random() * pictures.length);
      weights[at] = (weights[at] ?? 0) + 1;
    });
    sums.of(flat, weights);
    return measure(sums);
  });
  const classes = point.classes.map((one, code): CountedClass => {
    const { truths, right, wrong } = one;
    const rates = NAMES.map((name) => {
      const value = one[name];
      if (value === undefined) return undefined;
      const n = {
        precision: right + wrong,
        recall: truths,
        f1: truths + right + wrong,
        averagePrecision: truths,
      };
      const seen = name === 'precision' ? occurs.found[code] : occurs.truths[code];
      return rateOf(
        { value, n: n[name], pictures: seen ?? 0 },
        drawn.map(({ classes: again }) => again[code]?.[name]),
      );
    });
    const [precision, recall, f1, averagePrecision] = rates;
    return {
      ...{ truths, truePositives: right, falsePositives: wrong, falseNegatives: truths - right },
      ...{ precision, recall, f1, averagePrecision },
    };
  });
  const truths = classes.reduce((sum, one) => sum + one.truths, 0);
  return {
    ...{ pictures: pictures.length, classes, macroF1: point.macroF1 },
    meanAveragePrecision:
      point.map === undefined
        ? undefined
        : rateOf(
            { value: point.map, n: truths, pictures: pictures.length },
            drawn.map(({ map }) => map),
          ),
  };
}

type Sums = ReturnType<typeof createSums>;

function createSums(classCount: number) {
  const truths = new Float64Array(classCount);
  const rights = new Float64Array(classCount * SCORE_STEPS);
  const wrongs = new Float64Array(classCount * SCORE_STEPS);
  return {
    truths,
    rights,
    wrongs,
    /** Adds up the pictures, each as often as its weight says. */
    of: (flat: readonly Int32Array[], weights: Uint32Array) => {
      for (const sums of [truths, rights, wrongs]) sums.fill(0);
      for (const [p, picture] of flat.entries()) {
        const weight = weights[p] ?? 0;
        if (weight === 0) continue;
        const cellsFrom = 1 + 2 * (picture[0] ?? 0);
        for (let i = 1; i < cellsFrom; i += 2) add(truths, picture[i], weight * (picture[i + 1] ?? 0));
        for (let i = cellsFrom; i < picture.length; i += 3) {
          add(rights, picture[i], weight * (picture[i + 1] ?? 0));
          add(wrongs, picture[i], weight * (picture[i + 2] ?? 0));
        }
      }
    },
    /** By class, in how many pictures it is, and in how many it was found. */
    occurrences: (pictures: readonly CountedMatches[]) => {
      const counts = { truths: new Float64Array(classCount), found: new Float64Array(classCount) };
      for (const picture of pictures) {
        const cellsFrom = 1 + 2 * (picture[0] ?? 0);
        for (let i = 1; i < cellsFrom; i += 2) add(counts.truths, picture[i], 1);
        const found = new Set<number>();
        for (let i = cellsFrom; i < picture.length; i += 3)
          found.add(Math.floor((picture[i] ?? 0) / SCORE_STEPS));
        for (const code of found) add(counts.found, code, 1);
      }
      return counts;
    },
  };
}

/** What lies beyond the counted classes is left out. */
function add(sums: Float64Array, at: number | undefined, by: number): void {
  if (at !== undefined && at < sums.length) sums[at] = (sums[at] ?? 0) + by;
}

function measure({ truths, rights, wrongs }: Sums) {
  const classes = Array.from(truths, (true_, code) => {
    const cells = [code * SCORE_STEPS, (code + 1) * SCORE_STEPS] as const;
    const [right, wrong] = [total(rights.subarray(...cells)), total(wrongs.subarray(...cells))];
    return {
      ...{ truths: true_, right, wrong },
      precision: ratio(right, right + wrong),
      recall: ratio(right, true_),
      f1: ratio(2 * right, true_ + right + wrong),
      averagePrecision:
        true_ === 0 ? undefined : areaUnder(rights.subarray(...cells), wrongs.subarray(...cells), true_),
    };
  });
  const known = classes.flatMap(({ averagePrecision }) => averagePrecision ?? []);
  const f1s = classes.filter((one) => one.truths > 0).flatMap(({ f1 }) => f1 ?? []);
  return { classes, map: ratio(total(known), known.length), macroF1: ratio(total(f1s), f1s.length) };
}

/** As `averagePrecision`, with the detections of one step standing or falling together. */
function areaUnder(rights: Float64Array, wrongs: Float64Array, truths: number): number {
  const steps: (readonly [recall: number, precision: number])[] = [];
  let [right, found] = [0, 0];
  for (let step = SCORE_STEPS - 1; step >= 0; step -= 1) {
    const [more = 0, less = 0] = [rights[step], wrongs[step]];
    if (more + less === 0) continue;
    right += more;
    found += more + less;
    steps.push([right / truths, right / found]);
  }
  let [area, best] = [0, 0];
  for (let i = steps.length - 1; i >= 0; i -= 1) {
    const [recall, precision] = steps[i] ?? [0, 0];
    best = Math.max(best, precision);
    area += best * (recall - (steps[i - 1]?.[0] ?? 0));
  }
  return area;
}

function rateOf(
  known: Pick<PictureRate, 'value' | 'n' | 'pictures'>,
  drawn: readonly (number | undefined)[],
): PictureRate {
  const values = drawn.flatMap((value) => value ?? []).sort((a, b) => a - b);
  const mean = total(values) / Math.max(1, values.length);
  const squares = total(values.map((value) => (value - mean) ** 2));
  const at = (share: number) => values[Math.round(share * (values.length - 1))] ?? known.value;
  return {
    ...known,
    standardError: Math.sqrt(squares / Math.max(1, values.length - 1)),
    lower: Math.min(known.value, at(0.025)),
    upper: Math.max(known.value, at(0.975)),
  };
}

function total(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function ratio(part: number, whole: number): number | undefined {
  return whole > 0 ? part / whole : undefined;
}

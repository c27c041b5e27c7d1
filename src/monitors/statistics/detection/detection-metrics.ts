// How well a detector found what is in pictures: by class precision, recall, F1 and average precision, and their mean.
import type { Rate } from '../classification-metrics.js';
import { wilsonInterval } from '../wilson-interval.js';
import { averagePrecision } from './average-precision.js';
import { matchBoxes, type JudgedPicture, type MatchedDetection } from './match-boxes.js';

/** One class; rates with 95 % Wilson intervals, undefined where there is nothing to divide by. */
export interface DetectedClass {
  readonly truths: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly precision: Rate | undefined;
  readonly recall: Rate | undefined;
  /** 2 TP / (2 TP + FP + FN), a rising function of TP / (TP + FP + FN), whose interval it takes over. */
  readonly f1: Rate | undefined;
  readonly averagePrecision: number | undefined;
}

export interface DetectionMetrics {
  readonly pictures: number;
  readonly classes: ReadonlyMap<string, DetectedClass>;
  /** Mean over the classes that occur, with the 95 % interval of a bootstrap over pictures. */
  readonly meanAveragePrecision: Rate | undefined;
}

const RESAMPLES = 200;

/** Metrics at `leastIou` (0.5 by custom); labels outside `classes` are not counted. `random` gives numbers from 0 to 1 to the bootstrap. */
export function detectionMetrics(
  pictures: readonly JudgedPicture[],
  classes: readonly string[],
  { random, leastIou = 0.5 }: { readonly random: () => number; readonly leastIou?: number },
): DetectionMetrics {
  const judged = pictures.map((picture) => ({
    truths: countBy(picture.truths.map(({ label }) => label)),
    matched: groupByLabel(matchBoxes(picture, leastIou)),
  }));
  const value = meanAp(judged, classes);
  return {
    pictures: pictures.length,
    classes: new Map(classes.map((label) => [label, measureClass(judged, label)])),
    meanAveragePrecision:
      value === undefined ? undefined : { value, n: pictures.length, ...bootstrap(judged, classes, random) },
  };
}

interface Matched {
  readonly truths: ReadonlyMap<string, number>;
  readonly matched: ReadonlyMap<string, readonly MatchedDetection[]>;
}

function measureClass(pictures: readonly Matched[], label: string): DetectedClass {
  const detections = pictures.flatMap(({ matched }) => matched.get(label) ?? []);
  const truths = pictures.reduce((sum, picture) => sum + (picture.truths.get(label) ?? 0), 0);
  const truePositives = detections.filter(({ isRight }) => isRight).length;
  const falsePositives = detections.length - truePositives;
  const falseNegatives = truths - truePositives;
  const overlap = rateOf(truePositives, truePositives + falsePositives + falseNegatives);
  const toF1 = (share: number) => (2 * share) / (1 + share);
  return {
    ...{ truths, truePositives, falsePositives, falseNegatives },
    precision: rateOf(truePositives, detections.length),
    recall: rateOf(truePositives, truths),
    f1: overlap && {
      n: overlap.n,
      value: toF1(overlap.value),
      lower: toF1(overlap.lower),
      upper: toF1(overlap.upper),
    },
    averagePrecision: averagePrecision(detections, truths),
  };
}

function meanAp(pictures: readonly Matched[], classes: readonly string[]): number | undefined {
  const known = classes.flatMap((label) => {
    const truths = pictures.reduce((sum, picture) => sum + (picture.truths.get(label) ?? 0), 0);
    const detections = pictures.flatMap(({ matched }) => matched.get(label) ?? []);
    return averagePrecision(detections, truths) ?? [];
  });
  return known.length === 0 ? undefined : known.reduce((sum, one) => sum + one, 0) / known.length;
}

/** The middle 95 % of what as many pictures drawn again would have given (Efron 1979, percentile method). */
function bootstrap(pictures: readonly Matched[], classes: readonly string[], random: () => number) {
  const draw = () => pictures[Math.floor(random() * pictures.length)] ?? [];
  const values = Array.from({ length: RESAMPLES }, () =>
    meanAp(
      pictures.flatMap(() => draw()),
      classes,
    ),
  )
    .flatMap((value) => value ?? [])
    .sort((a, b) => a - b);
  const at = (share: number) => values[Math.round(share * (values.length - 1))] ?? 0;
  return { lower: at(0.025), upper: at(0.975) };
}

function rateOf(part: number, whole: number): Rate | undefined {
  return whole === 0 ? undefined : { value: part / whole, n: whole, ...wilsonInterval(part, whole) };
}

function countBy(labels: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

function groupByLabel(matched: readonly MatchedDetection[]): Map<string, MatchedDetection[]> {
  const groups = new Map<string, MatchedDetection[]>();
  for (const one of matched) {
    const group = groups.get(one.label);
    if (group === undefined) groups.set(one.label, [one]);
    else group.push(one);
  }
  return groups;
}

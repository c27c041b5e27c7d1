// Confidence-based performance estimation: how well a classifier probably answered, before any label is known.
import { rocAuc } from './probability-metrics.js';

/** Answers of n rows over K classes: calibrated probabilities, row-major, and the index of the class answered. */
export interface UnlabelledAnswers {
  readonly classCount: number;
  readonly probabilities: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
}

/** An expected value and how far the true one may lie from it by chance: 3 standard errors, kept within 0 to 1. */
export interface Estimate {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** Expected counts and metrics of one class against all others; undefined where there is nothing to divide by. */
export interface EstimatedClass {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  readonly precision: number | undefined;
  readonly recall: number | undefined;
  readonly specificity: number | undefined;
  readonly f1: number | undefined;
  readonly rocAuc: number | undefined;
}

export interface EstimatedPerformance {
  readonly n: number;
  readonly accuracy: Estimate;
  /** Mean F1 of the classes that have one. */
  readonly macroF1: Estimate | undefined;
  readonly classes: readonly EstimatedClass[];
}

const STANDARD_ERRORS = 3;

/**
 * CBPE: every probability is taken at its word, so a row answered with class k adds p_k to the true positives of k and
 * 1 - p_k to its false ones, and any other row p_k to its false negatives. The band is that of the true value of these
 * rows given their probabilities (for F1 by the delta method). It holds while the probabilities are calibrated: it
 * cannot see concept drift, which changes what a probability means. Undefined without rows.
 */
export function estimatePerformance(answers: UnlabelledAnswers): EstimatedPerformance | undefined {
  const { classCount, predicted } = answers;
  const n = predicted.length;
  if (n === 0 || classCount === 0) return undefined;
  const classes = Array.from({ length: classCount }, (_, c) => estimateClass(answers, c));
  let [hits, hitVariance] = [0, 0];
  for (let row = 0; row < n; row += 1) {
    const p = probabilityOf(answers, row, predicted[row] ?? 0);
    hits += p;
    hitVariance += p * (1 - p);
  }
  return {
    n,
    accuracy: estimateOf(hits / n, Math.sqrt(Math.max(0, hitVariance)) / n),
    macroF1: estimateMacroF1(answers, classes),
    classes,
  };
}

function estimateClass(answers: UnlabelledAnswers, c: number): EstimatedClass {
  const scores = Array.from(answers.predicted, (_, row) => probabilityOf(answers, row, c));
  let [tp, fp, fn, tn] = [0, 0, 0, 0];
  scores.forEach((p, row) => {
    if (answers.predicted[row] === c) {
      tp += p;
      fp += 1 - p;
    } else {
      fn += p;
      tn += 1 - p;
    }
  });
  return {
    truePositives: tp,
    falsePositives: fp,
    falseNegatives: fn,
    trueNegatives: tn,
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, tp + fn),
    specificity: ratio(tn, tn + fp),
    f1: ratio(2 * tp, 2 * tp + fp + fn),
    rocAuc: rocAuc(scores, scores),
  };
}

/**
 * F1 = 2 TP / D, D = rows answered + rows true, so one row's truth of class c moves it by (2 [answered c] - F1) / D; the
 * variance of a row's whole move follows from its probabilities, of which exactly one comes true.
 */
function estimateMacroF1(
  answers: UnlabelledAnswers,
  classes: readonly EstimatedClass[],
): Estimate | undefined {
  const known = classes.flatMap(({ f1, truePositives, falsePositives, falseNegatives }, c) =>
    f1 === undefined ? [] : [{ c, f1, size: 2 * truePositives + falsePositives + falseNegatives }],
  );
  if (known.length === 0) return undefined;
  let variance = 0;
  for (let row = 0; row < answers.predicted.length; row += 1) {
    let [mean, square] = [0, 0];
    for (const { c, f1, size } of known) {
      const move = ((answers.predicted[row] === c ? 2 : 0) - f1) / size;
      const p = probabilityOf(answers, row, c);
      mean += p * move;
      square += p * move * move;
    }
    variance += Math.max(0, square - mean * mean);
  }
  const value = known.reduce((total, { f1 }) => total + f1, 0) / known.length;
  return estimateOf(value, Math.sqrt(variance) / known.length);
}

/** A value with its band, from one standard error. */
export function estimateOf(value: number, standardError: number): Estimate {
  const reach = STANDARD_ERRORS * standardError;
  return { value, lower: Math.max(0, value - reach), upper: Math.min(1, value + reach) };
}

function probabilityOf({ probabilities, classCount }: UnlabelledAnswers, row: number, c: number): number {
  return probabilities[row * classCount + c] ?? 0;
}

function ratio(part: number, whole: number): number | undefined {
  return whole > 0 ? part / whole : undefined;
}

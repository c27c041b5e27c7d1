// How well a classifier answered, from its confusion matrix.
import { wilsonInterval } from './wilson-interval.js';

/** A share of `n` cases and its 95% Wilson interval, all 0 to 1. */
export interface Rate {
  readonly value: number;
  readonly n: number;
  readonly lower: number;
  readonly upper: number;
}

/** One class against all others; undefined where there is nothing to divide by. */
export interface ClassMetrics {
  /** Cases whose true class it is. */
  readonly support: number;
  readonly precision: Rate | undefined;
  readonly recall: Rate | undefined;
  readonly falsePositiveRate: Rate | undefined;
  readonly falseNegativeRate: Rate | undefined;
  readonly f1: number | undefined;
}

/** Undefined where there is nothing to divide by; `classes` in the order of the matrix. */
export interface ClassificationMetrics {
  readonly n: number;
  readonly accuracy: Rate | undefined;
  /** Mean recall of the classes that occur. */
  readonly balancedAccuracy: number | undefined;
  readonly classes: readonly ClassMetrics[];
  /** Mean F1 of the classes that occur or were predicted. */
  readonly macroF1: number | undefined;
  /** Mean F1 weighted by support. */
  readonly weightedF1: number | undefined;
  /** Matthews correlation, -1 to 1, for any number of classes (Gorodkin 2004). */
  readonly matthews: number | undefined;
  /** Cohen's kappa: agreement beyond chance, at most 1. */
  readonly kappa: number | undefined;
}

/**
 * The metrics of a square matrix of counts, `matrix[truth][predicted]`, as scikit-learn defines them. `hits` is how many answers
 * of each class were right: the diagonal, but for a class that stands for several.
 */
export function classificationMetrics(
  matrix: readonly (readonly number[])[],
  hits: readonly number[] = matrix.map((row, c) => row[c] ?? 0),
): ClassificationMetrics {
  const truths = matrix.map(sum);
  const predicted = matrix.map((_, c) => sum(matrix.map((row) => row[c] ?? 0)));
  const n = sum(truths);
  const correct = sum(hits);
  const classes = hits.map((hit, c): ClassMetrics => {
    const [truth, answers] = [truths[c] ?? 0, predicted[c] ?? 0];
    return {
      support: truth,
      precision: rate(hit, answers),
      recall: rate(hit, truth),
      falsePositiveRate: rate(answers - hit, n - truth),
      falseNegativeRate: rate(truth - hit, truth),
      f1: ratio(2 * hit, truth + answers),
    };
  });
  const chance = sum(truths.map((truth, c) => truth * (predicted[c] ?? 0)));
  const spread = (totals: readonly number[]) => n * n - sum(totals.map((total) => total * total));
  return {
    n,
    accuracy: rate(correct, n),
    balancedAccuracy: meanOf(classes.map(({ recall }) => recall?.value)),
    classes,
    macroF1: meanOf(classes.map(({ f1 }) => f1)),
    weightedF1: ratio(sum(classes.map(({ f1, support }) => (f1 ?? 0) * support)), n),
    matthews: ratio(correct * n - chance, Math.sqrt(spread(truths) * spread(predicted))),
    kappa: ratio(correct * n - chance, n * n - chance),
  };
}

/** The share of `part` in `n` with its interval; undefined when n is 0. */
export function rate(part: number, n: number): Rate | undefined {
  return n > 0 ? { value: part / n, n, ...wilsonInterval(part, n) } : undefined;
}

function ratio(part: number, whole: number): number | undefined {
  return whole > 0 ? part / whole : undefined;
}

function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return ratio(sum(known), known.length);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

// What labelled answers of a classifier measure: how right they are over all, rates by class and the confusion matrix.
import type { Measurement } from '../monitor.js';
import { classificationMetrics, type ClassificationMetrics } from '../statistics/classification-metrics.js';

/** Everything beyond a model's first classes, and every class it does not know, counts as one. */
export const OTHER = '(other)';

/** As many classes as have series and findings of their own; the rest is in the means and, together, in `(other)` of the matrix shown. */
export const MAX_SHOWN = 30;

/** A labelled answer: numbers of the true and the answered class, and 1 where they are the same class, else 0. */
export type LabelledAnswer = readonly number[];

/** Metrics of all classes; measurements and the matrix, rows true and columns answered, of the first ones. */
export interface MeasuredClasses {
  readonly metrics: ClassificationMetrics;
  readonly measurements: readonly Measurement[];
  readonly confusion: {
    readonly classes: readonly string[];
    readonly matrix: readonly (readonly number[])[];
  };
}

/** The last of `classes` is `(other)`, which stands for many, so that what is right is taken from the answers themselves. */
export function measureClasses(
  answers: readonly LabelledAnswer[],
  classes: readonly string[],
): MeasuredClasses {
  const matrix = count(answers, classes.length);
  const hits = classes.map(() => 0);
  for (const [truth = 0, , correct = 0] of answers) hits[truth] = (hits[truth] ?? 0) + correct;
  const metrics = classificationMetrics(matrix, hits);
  const { n } = metrics;
  const byClass = classes.flatMap((name, c) => {
    const one = metrics.classes[c];
    const occurs = one !== undefined && (one.recall !== undefined || one.precision !== undefined);
    if (!occurs || (c >= MAX_SHOWN && name !== OTHER)) return [];
    const f1N = one.support + (one.precision?.n ?? 0);
    return [
      ...measurement('precision', name, one.precision?.value, one.precision?.n),
      ...measurement('recall', name, one.recall?.value, one.recall?.n),
      ...measurement('f1', name, one.f1, f1N),
      ...measurement('false_positive_rate', name, one.falsePositiveRate?.value, one.falsePositiveRate?.n),
      ...measurement('false_negative_rate', name, one.falseNegativeRate?.value, one.falseNegativeRate?.n),
    ];
  });
  return {
    metrics,
    measurements: [
      ...measurement('accuracy', undefined, metrics.accuracy?.value, n),
      ...measurement('balanced_accuracy', undefined, metrics.balancedAccuracy, n),
      ...measurement('f1_macro', undefined, metrics.macroF1, n),
      ...measurement('f1_weighted', undefined, metrics.weightedF1, n),
      ...measurement('matthews', undefined, metrics.matthews, n, null),
      ...measurement('kappa', undefined, metrics.kappa, n, null),
      ...byClass,
    ],
    confusion: shown(matrix, classes),
  };
}

function measurement(
  name: string,
  label: string | undefined,
  value: number | undefined,
  n = 0,
  unit: string | null = 'ratio',
): Measurement[] {
  const labels: Record<string, string> = label === undefined ? {} : { class: label };
  return value === undefined ? [] : [{ name, labels, unit, value, n }];
}

function count(answers: readonly LabelledAnswer[], size: number): number[][] {
  const matrix = Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
  for (const [truth = 0, answered = 0] of answers) {
    const row = matrix[truth];
    if (row?.[answered] !== undefined) row[answered] += 1;
  }
  return matrix;
}

/** The matrix over the first classes, all others added up in the last row and column. */
function shown(matrix: readonly (readonly number[])[], classes: readonly string[]) {
  const names = [...classes.slice(0, Math.min(MAX_SHOWN, classes.length - 1)), OTHER];
  const place = (c: number) => Math.min(c, names.length - 1);
  const folded = names.map(() => names.map(() => 0));
  matrix.forEach((row, truth) => {
    const into = folded[place(truth)];
    row.forEach((n, answered) => {
      if (into !== undefined) into[place(answered)] = (into[place(answered)] ?? 0) + n;
    });
  });
  return { classes: names, matrix: folded };
}

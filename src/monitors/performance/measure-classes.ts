// What labelled answers of a classifier measure: accuracy, rates by class and the confusion matrix.
import type { Measurement } from '../monitor.js';
import { classificationMetrics, rate, type Rate } from '../statistics/classification-metrics.js';

/** Everything beyond a model's first classes, and every class it does not know, counts as one. */
export const OTHER = '(other)';

/** As many classes as have a series each; the rest is in the means and, together, in `(other)` of the matrix shown. */
const MAX_SHOWN = 30;

/** A labelled answer: numbers of the true and the answered class, and 1 where they are the same class, else 0. */
export type LabelledAnswer = readonly number[];

/** Measurements and the matrix, rows true and columns answered, both over `shown` classes. */
export interface MeasuredClasses {
  readonly accuracy: Rate | undefined;
  readonly measurements: readonly Measurement[];
  readonly confusion: {
    readonly classes: readonly string[];
    readonly matrix: readonly (readonly number[])[];
  };
}

/** The last of `classes` is `(other)`, which stands for many, so that accuracy is taken from the answers themselves. */
export function measureClasses(
  answers: readonly LabelledAnswer[],
  classes: readonly string[],
): MeasuredClasses {
  const matrix = count(answers, classes.length);
  const metrics = classificationMetrics(matrix);
  const n = answers.length;
  const accuracy = rate(
    answers.reduce((right, [, , correct = 0]) => right + correct, 0),
    n,
  );
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
    accuracy,
    measurements: [
      ...measurement('accuracy', undefined, accuracy?.value, n),
      ...measurement('f1_macro', undefined, metrics.macroF1, n),
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
): Measurement[] {
  const labels: Record<string, string> = label === undefined ? {} : { class: label };
  return value === undefined ? [] : [{ name, labels, unit: 'ratio', value, n }];
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

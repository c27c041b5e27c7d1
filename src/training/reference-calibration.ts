// Finds out how far a classifier's probabilities can be taken at their word, from rows it did not learn from.
import type { ReferenceCalibration } from '../manifest/reference-profile.js';
import { expectedCalibrationError, fitCalibration } from '../monitors/statistics/calibration.js';
import { estimatePerformance } from '../monitors/statistics/estimate-performance.js';
import type { IsotonicFit } from '../monitors/statistics/isotonic-regression.js';
import { mendProbabilities } from '../monitors/statistics/mend-probabilities.js';
import { evaluateLabels } from './evaluation.js';
import { roundTo } from './rounding.js';

/** Answers of rows that the classifier did not learn from, all in the same order; a row of probabilities has the order of the classes. */
export interface JudgedAnswers {
  readonly probabilities: readonly ArrayLike<number>[];
  readonly labels: readonly string[];
  readonly truths: readonly string[];
}

/** On fewer rows an isotonic curve learns their chance by heart (Niculescu-Mizil and Caruana 2005 put it near a thousand). */
const LEAST_ROWS = 500;
/** So many points describe a curve. */
const MOST_POINTS = 64;

/** Numbers to six decimals. Throws a RangeError without rows, when lists differ in length, or on a label that is no class. */
export function calibrateReference(classes: readonly string[], answers: JudgedAnswers): ReferenceCalibration {
  const { probabilities, labels, truths } = answers;
  const rows = truths.length;
  if (rows === 0) throw new RangeError('a calibration needs at least one row');
  if (probabilities.length !== rows)
    throw new RangeError(`${probabilities.length} rows of probabilities do not fit ${rows} true labels`);
  const predicted = labels.map((label) => classes.indexOf(label));
  const stranger = labels.find((label) => !classes.includes(label));
  if (stranger !== undefined) throw new RangeError(`the label "${stranger}" is none of the classes`);
  const calibrated = classes.map((name, c) => {
    const column = probabilities.map((row) => row[c] ?? 0);
    const outcomes = truths.map((truth) => (truth === name ? 1 : 0));
    const fit = rows < LEAST_ROWS ? undefined : fitCalibration(column, outcomes);
    return {
      name,
      error: roundTo(expectedCalibrationError(column, outcomes) ?? 0, 6),
      curve: fit === undefined ? undefined : shorten(fit),
    };
  });
  const curves = calibrated.map(({ curve }) => curve);
  const mended = probabilities.flatMap((row) => {
    const copy = Float64Array.from(row);
    mendProbabilities(copy, curves);
    return [...copy];
  });
  const estimate = estimatePerformance({ classCount: classes.length, probabilities: mended, predicted });
  const measured = evaluateLabels(classes, truths, labels);
  return {
    rows,
    classes: Object.fromEntries(
      calibrated.map(({ name, error, curve }) => [name, curve === undefined ? { error } : { error, curve }]),
    ),
    estimated: {
      accuracy: roundTo(estimate?.accuracy.value ?? 0, 6),
      f1Macro: roundTo(estimate?.macroF1?.value ?? 0, 6),
    },
    measured: { accuracy: roundTo(measured.accuracy, 6), f1Macro: roundTo(measured.f1Macro, 6) },
  };
}

/** The curve through MOST_POINTS of its points at most, both ends among them. */
function shorten({ x, y }: IsotonicFit): { x: number[]; y: number[] } {
  const count = Math.min(MOST_POINTS, x.length);
  const kept = Array.from({ length: count }, (_, i) =>
    count === 1 ? 0 : Math.round((i * (x.length - 1)) / (count - 1)),
  );
  const at = (values: readonly number[]) => kept.map((index) => roundTo(values[index] ?? 0, 6));
  return { x: at(x), y: at(y) };
}

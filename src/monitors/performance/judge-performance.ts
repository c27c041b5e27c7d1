// Measures and judges a window of labelled predictions, whether they are classes or numbers.
import type { Finding, Measurement } from '../monitor.js';
import { binomialLowerTail } from '../statistics/binomial-tail.js';
import {
  addPair,
  NO_REGRESSION_SUMS,
  regressionMetrics,
  type RegressionSums,
} from '../statistics/regression-metrics.js';
import { chanceOfMeanAbove } from '../statistics/student-one-sided.js';
import { compareAccuracy, compareClasses, type AccuracyRules } from './against-classification.js';
import { compareError, varianceOf, type ErrorRules, type EvaluationMetrics } from './against-evaluation.js';
import { judgeBound } from './judge-bound.js';
import type { LabelledRow } from './labelled-window.js';
import { MAX_SHOWN, measureClasses } from './measure-classes.js';
import { sumCappedErrors } from './sum-capped-errors.js';

/** What must be kept, where it is set; elsewhere the evaluation is the measure, where there is one. */
export interface Bounds extends AccuracyRules, ErrorRules {
  readonly minAccuracy?: number | undefined;
  readonly maxMae?: number | undefined;
  readonly maxRmse?: number | undefined;
}

/** What a window of labelled predictions measures, and what is found in it. */
export interface Judgement {
  readonly measurements: readonly Measurement[];
  readonly findings: readonly Finding[];
}

/**
 * Of rows of true class, answered class and 1 where they agree; finding `accuracy` with the confusion matrix and, where the
 * evaluation has them, precision and recall by class. The last of `classes` stands for all that are not listed.
 */
export function judgeAnswers(
  rows: readonly LabelledRow[],
  labelRatio: number | undefined,
  bounds: Bounds,
  evaluation: EvaluationMetrics,
  classes: readonly string[],
): Judgement {
  const { minAccuracy } = bounds;
  const answers = rows.map(({ values }) => values);
  const { measurements, metrics, confusion } = measureClasses(answers, classes);
  const detail = { labelRatio: labelRatio ?? null, confusion };
  const { accuracy } = metrics;
  const compared =
    minAccuracy === undefined ? compareAccuracy(accuracy, evaluation, bounds, detail) : undefined;
  const bound = judgeBound({
    ...{ key: 'accuracy', title: 'accuracy', side: 'least', bound: minAccuracy, setting: 'minAccuracy' },
    ...{ measured: accuracy, rules: bounds, detail },
    chanceBeyond: (least) => {
      const { value = 1, n = 0 } = accuracy ?? {};
      return binomialLowerTail(Math.round(value * n), n, least);
    },
  });
  const shown = classes.slice(0, Math.min(MAX_SHOWN, classes.length - 1));
  return {
    measurements,
    findings: [
      // While it is bad, the classes are its symptoms.
      { ...(compared ?? bound), isCause: true },
      ...compareClasses(metrics.classes, shown, evaluation, bounds),
    ],
  };
}

/** Of rows of true and predicted value; findings `mae` and `rmse`. */
export function judgeValues(
  rows: readonly LabelledRow[],
  labelRatio: number | undefined,
  bounds: Bounds,
  evaluation: EvaluationMetrics,
): Judgement {
  const { maxMae, maxRmse } = bounds;
  const sums = rows.reduce(
    (held, { values: [truth = 0, predicted = 0] }) => addPair(held, truth, predicted),
    NO_REGRESSION_SUMS,
  );
  const { mae, mse, rmse, mape, r2 } = regressionMetrics(sums);
  const values = { mae: mae?.value, mse: mse?.value, rmse: rmse?.value, r2 };
  const shared = { side: 'most', rules: bounds } as const;
  const detail = { labelRatio: labelRatio ?? null, mape: mape ?? null };
  const cappedBy = (ordinary: number | undefined) => {
    return ordinary === undefined ? sums : sumCappedErrors(rows, ordinary);
  };
  const compared =
    maxMae === undefined
      ? compareError(cappedBy(evaluation?.['rmse'] ?? evaluation?.['mae']), evaluation, bounds, detail)
      : undefined;
  const [forMae, forRmse] = [cappedBy(maxMae), cappedBy(maxRmse)];
  return {
    measurements: Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, labels: {}, unit: null, value, n: sums.n }],
    ),
    findings: [
      compared ??
        judgeBound({
          ...{ ...shared, key: 'mae', title: 'mean absolute error', detail },
          ...{ measured: regressionMetrics(forMae).mae, bound: maxMae, setting: 'maxMae' },
          chanceBeyond: (most) => chanceOfMean(forMae.absolute, forMae.squared, forMae, most),
        }),
      judgeBound({
        ...{ ...shared, key: 'rmse', title: 'root mean squared error', detail },
        ...{ measured: regressionMetrics(forRmse).rmse, bound: maxRmse, setting: 'maxRmse' },
        chanceBeyond: (most) => chanceOfMean(forRmse.squared, forRmse.fourth, forRmse, most ** 2),
      }),
    ],
  };
}

/** Of a mean so far above `most`, from the sums of `n` values and of their squares. */
function chanceOfMean(total: number, squares: number, { n }: RegressionSums, most: number): number {
  const mean = total / n;
  return chanceOfMeanAbove({ n, mean, squaredError: varianceOf(mean, squares / n, n) / n }, most);
}

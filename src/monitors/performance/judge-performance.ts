// Measures and judges a window of labelled predictions, whether they are classes or numbers.
import type { Finding, Measurement } from '../monitor.js';
import {
  compareAccuracy,
  compareError,
  type EvaluationMetrics,
  type EvaluationRules,
} from './against-evaluation.js';
import { addPair, NO_REGRESSION_SUMS, regressionMetrics } from '../statistics/regression-metrics.js';
import { correctedQuantile } from '../statistics/special/normal.js';
import { wilsonInterval, Z_95 } from '../statistics/wilson-interval.js';
import { judgeBound } from './judge-bound.js';
import type { LabelledRow } from './labelled-window.js';
import { measureClasses } from './measure-classes.js';
import { sumCappedErrors } from './sum-capped-errors.js';

/** What must be kept, where it is set; elsewhere the evaluation is the measure, where there is one. */
export interface Bounds extends EvaluationRules {
  readonly minAccuracy?: number | undefined;
  readonly maxMae?: number | undefined;
  readonly maxRmse?: number | undefined;
  /** How many monitors judge beside each other; 1 when unset. */
  readonly comparisons?: number | undefined;
}

/** What a window of labelled predictions measures, and what is found in it. */
export interface Judgement {
  readonly measurements: readonly Measurement[];
  readonly findings: readonly Finding[];
}

/** Of rows of true class, answered class and 1 where they agree; finding `accuracy` with the confusion matrix. */
export function judgeAnswers(
  rows: readonly LabelledRow[],
  labelRatio: number | undefined,
  bounds: Bounds,
  evaluation: EvaluationMetrics,
  classes: readonly string[],
): Judgement {
  const { minAccuracy, minRows, comparisons } = bounds;
  const answers = rows.map(({ values }) => values);
  const { measurements, accuracy, confusion } = measureClasses(answers, classes);
  const detail = { labelRatio: labelRatio ?? null, confusion };
  const right = answers.reduce((total, [, , correct = 0]) => total + correct, 0);
  const compared =
    minAccuracy === undefined
      ? compareAccuracy({ right, n: answers.length }, evaluation, bounds, detail)
      : undefined;
  const z = correctedQuantile(Z_95, comparisons);
  const bound = judgeBound({
    key: 'accuracy',
    title: 'accuracy',
    measured: accuracy && { ...accuracy, ...wilsonInterval(accuracy.value * accuracy.n, accuracy.n, z) },
    side: 'least',
    bound: minAccuracy,
    setting: 'minAccuracy',
    minRows,
    comparisons,
    detail,
  });
  return { measurements, findings: [compared ?? bound] };
}

/** Of rows of true and predicted value; findings `mae` and `rmse`. */
export function judgeValues(
  rows: readonly LabelledRow[],
  labelRatio: number | undefined,
  bounds: Bounds,
  evaluation: EvaluationMetrics,
): Judgement {
  const { maxMae, maxRmse, minRows, comparisons } = bounds;
  const sums = rows.reduce(
    (held, { values: [truth = 0, predicted = 0] }) => addPair(held, truth, predicted),
    NO_REGRESSION_SUMS,
  );
  const z = correctedQuantile(Z_95, comparisons);
  const { mae, mse, rmse, mape, r2 } = regressionMetrics(sums, z);
  const values = { mae: mae?.value, mse: mse?.value, rmse: rmse?.value, r2 };
  const shared = { side: 'most', minRows, comparisons } as const;
  const detail = { labelRatio: labelRatio ?? null, mape: mape ?? null };
  const cappedBy = (ordinary: number | undefined) => {
    return ordinary === undefined ? sums : sumCappedErrors(rows, ordinary);
  };
  const compared =
    maxMae === undefined
      ? compareError(cappedBy(evaluation?.['rmse'] ?? evaluation?.['mae']), evaluation, bounds, detail)
      : undefined;
  return {
    measurements: Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, labels: {}, unit: null, value, n: sums.n }],
    ),
    findings: [
      compared ??
        judgeBound({
          ...shared,
          key: 'mae',
          title: 'mean absolute error',
          measured: regressionMetrics(cappedBy(maxMae), z).mae,
          bound: maxMae,
          setting: 'maxMae',
          detail,
        }),
      judgeBound({
        ...shared,
        key: 'rmse',
        title: 'root mean squared error',
        measured: regressionMetrics(cappedBy(maxRmse), z).rmse,
        bound: maxRmse,
        setting: 'maxRmse',
        detail,
      }),
    ],
  };
}

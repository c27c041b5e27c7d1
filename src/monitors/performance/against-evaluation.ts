// Decides whether a model is worse on its labelled predictions than its version was in the evaluation before it served.
import type { Finding } from '../monitor.js';
import { hypergeometricTail } from '../statistics/hypergeometric-tail.js';
import type { RegressionSums } from '../statistics/regression-metrics.js';
import { welchOfMoments, type MeanEstimate } from '../statistics/welch-t.js';

/** What `version.json` says of the evaluation: `accuracy`, or `mae` and `rmse`, on so many `rows`. */
export type EvaluationMetrics = Readonly<Record<string, number>> | undefined;

/** How much worse matters, and how improbable it must be by chance; accuracy in points, errors in parts of the evaluated one. */
export interface EvaluationRules {
  readonly maxAccuracyDrop: number;
  readonly criticalAccuracyDrop: number;
  readonly maxErrorRise: number;
  readonly criticalErrorRise: number;
  readonly maxPValue: number;
  readonly minRows: number;
}

type Detail = Readonly<Record<string, unknown>>;

/**
 * The finding `accuracy` of `right` answers among `n`, by Fisher's exact test, one-sided, on both samples. Undefined when
 * nothing is labelled, or the evaluation lacks `accuracy` (0 to 1) or `rows`.
 */
export function compareAccuracy(
  { right, n }: { readonly right: number; readonly n: number },
  evaluation: EvaluationMetrics,
  rules: EvaluationRules,
  detail: Detail,
): Finding | undefined {
  const { accuracy = Number.NaN, rows = 0 } = evaluation ?? {};
  if (n === 0 || !isSize(rows) || !(accuracy >= 0 && accuracy <= 1)) return undefined;
  const wrongBefore = rows - Math.round(accuracy * rows);
  const pValue = hypergeometricTail(n - right, {
    total: rows + n,
    marked: wrongBefore + n - right,
    draws: n,
  });
  return judgeDrop({
    ...{ key: 'accuracy', title: 'accuracy', value: right / n, n, evaluated: accuracy, rows, pValue },
    ...{ rules, detail, method: "Fisher's exact test, one-sided" },
    effect: accuracy - right / n,
    warnAt: { effect: rules.maxAccuracyDrop, value: accuracy - rules.maxAccuracyDrop },
    criticalAt: { effect: rules.criticalAccuracyDrop, value: accuracy - rules.criticalAccuracyDrop },
  });
}

/**
 * The finding `mae`, by Welch's test on absolute errors, one-sided. Their variance in the evaluation is rmse^2 - mae^2, but
 * that of the window where that is larger or `rmse` unknown: when nothing changed both have one, and a lucky evaluation
 * without the rare large errors is not to be trusted the more. Undefined when less than two rows are labelled, or the
 * evaluation lacks `mae` (above 0) or `rows`.
 */
export function compareError(
  { n, absolute, squared }: RegressionSums,
  evaluation: EvaluationMetrics,
  rules: EvaluationRules,
  detail: Detail,
): Finding | undefined {
  const { mae = 0, rmse = 0, rows = 0 } = evaluation ?? {};
  if (n < 2 || !isSize(rows) || rows < 2 || !(mae > 0 && mae < Infinity)) return undefined;
  const value = absolute / n;
  const variance = varianceOf(value, squared / n, n);
  const varianceBefore = Math.max(variance, varianceOf(mae, rmse ** 2, rows));
  if (!Number.isFinite(value) || !Number.isFinite(varianceBefore)) return undefined;
  return judgeDrop({
    ...{ key: 'mae', title: 'mean absolute error', value, n, evaluated: mae, rows },
    ...{ rules, detail, method: "Welch's t test of absolute errors, one-sided" },
    pValue: chanceOfRise(
      { n, mean: value, squaredError: variance / n },
      { n: rows, mean: mae, squaredError: varianceBefore / rows },
    ),
    effect: value / mae - 1,
    warnAt: { effect: rules.maxErrorRise, value: mae * (1 + rules.maxErrorRise) },
    criticalAt: { effect: rules.criticalErrorRise, value: mae * (1 + rules.criticalErrorRise) },
  });
}

/** A value of `n` labelled predictions beside that of an evaluation on `rows`. */
export interface Compared {
  readonly key: string;
  readonly title: string;
  readonly method: string;
  readonly value: number;
  readonly n: number;
  readonly evaluated: number;
  readonly rows: number;
  readonly pValue: number;
  /** How much worse than evaluated; negative where it is better. */
  readonly effect: number;
  readonly warnAt: { readonly effect: number; readonly value: number };
  readonly criticalAt: { readonly effect: number; readonly value: number };
  readonly rules: Pick<EvaluationRules, 'maxPValue' | 'minRows'>;
  readonly detail: Detail;
}

/** Bad when it is worse by more than matters and more than chance explains. */
export function judgeDrop({ warnAt, criticalAt, rules, ...compared }: Compared): Finding {
  const { key, title, method, value, n, evaluated, rows, pValue, effect } = compared;
  const said = `The ${title} of ${n} labelled predictions is ${value.toPrecision(4)}; the evaluation had ${evaluated.toPrecision(4)} of ${rows}`;
  const detail = { ...compared.detail, method, evaluated, evaluatedRows: rows };
  const finding = { key, value, threshold: warnAt.value, effect, pValue, n, detail };
  if (n < rules.minRows)
    return { ...finding, status: 'insufficient-data', summary: `${said}; too few to judge` };
  if (effect <= warnAt.effect || pValue >= rules.maxPValue)
    return { ...finding, status: 'ok', summary: said };
  const worse = `${said}, more than chance explains`;
  if (effect <= criticalAt.effect) return { ...finding, status: 'warning', summary: worse };
  return { ...finding, status: 'critical', threshold: criticalAt.value, summary: worse };
}

/** From the means of `n` values and of their squares. */
function varianceOf(mean: number, meanSquare: number, n: number): number {
  return (Math.max(0, meanSquare - mean ** 2) * n) / (n - 1);
}

function chanceOfRise(window: MeanEstimate, before: MeanEstimate): number {
  const test = welchOfMoments(window, before);
  // Without any spread a difference is no chance.
  if (test === undefined) return window.mean > before.mean ? 0 : 1;
  const { statistic, pValue } = test;
  return statistic > 0 ? pValue / 2 : 1 - pValue / 2;
}

/** Whether a number of rows is one. */
export function isSize(rows: number): boolean {
  return Number.isSafeInteger(rows) && rows > 0;
}

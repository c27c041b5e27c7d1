// Decides whether a model is worse on its labelled predictions than its version was in the evaluation before it served.
import type { Finding } from '../monitor.js';
import type { RegressionSums } from '../statistics/regression-metrics.js';
import { chanceOfHigherMean } from '../statistics/student-one-sided.js';
import { Z_95 } from '../statistics/wilson-interval.js';

/** What `version.json` says of the evaluation: metrics by name, and on how many `rows`. */
export type EvaluationMetrics = Readonly<Record<string, number>> | undefined;

/** How improbable by chance it must be that a value is so much worse, and of how many labelled predictions. */
export interface EvaluationRules {
  readonly maxPValue: number;
  readonly minRows: number;
}

/** How much larger errors matter, in parts of the evaluated one. */
export interface ErrorRules extends EvaluationRules {
  readonly maxErrorRise: number;
  readonly criticalErrorRise: number;
}

type Detail = Readonly<Record<string, unknown>>;

/**
 * The finding `mae`, by Welch's test on absolute errors, one-sided. Their variance in the evaluation is rmse^2 - mae^2, but
 * that of the window where that is larger or `rmse` unknown: when nothing changed both have one, and a lucky evaluation
 * without the rare large errors is not to be trusted the more. Undefined when less than two rows are labelled, or the
 * evaluation lacks `mae` (above 0) or `rows`.
 */
export function compareError(
  { n, absolute, squared }: RegressionSums,
  evaluation: EvaluationMetrics,
  rules: ErrorRules,
  detail: Detail,
): Finding | undefined {
  const { mae = 0, rmse = 0, rows = 0 } = evaluation ?? {};
  if (n < 2 || !isSize(rows) || rows < 2 || !(mae > 0 && mae < Infinity)) return undefined;
  const value = absolute / n;
  const variance = varianceOf(value, squared / n, n);
  const varianceBefore = Math.max(variance, varianceOf(mae, rmse ** 2, rows));
  if (!Number.isFinite(value) || !Number.isFinite(varianceBefore)) return undefined;
  const reach = Z_95 * Math.sqrt(variance / n);
  return judgeDrop({
    ...{ key: 'mae', title: 'mean absolute error', value, n, evaluated: mae, rows },
    ...{ rules, method: "Welch's t test of absolute errors, one-sided" },
    detail: { ...detail, lower95: Math.max(0, value - reach), upper95: value + reach },
    pValue: chanceOfHigherMean(
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
  readonly rules: EvaluationRules;
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

/** The variance (ddof 1) of `n` >= 2 values, from their mean and that of their squares. */
export function varianceOf(mean: number, meanSquare: number, n: number): number {
  return (Math.max(0, meanSquare - mean ** 2) * n) / (n - 1);
}

/** Whether a number of rows is one. */
export function isSize(rows: number): boolean {
  return Number.isSafeInteger(rows) && rows > 0;
}

// Decides whether a detector finds less, or finds it less rightly, than its version did in its evaluation.
import type { Finding } from '../monitor.js';
import type { CountedMetrics, PictureRate } from '../statistics/detection/counted-metrics.js';
import { studentTwoSided } from '../statistics/special/student-t.js';
import type { RateRules } from './against-classification.js';
import { isSize, judgeDrop, type EvaluationMetrics } from './against-evaluation.js';

/** How much lower matters, in points of mean average precision, and of precision and recall of one class. */
export interface DetectionRules extends RateRules {
  readonly maxMapDrop: number;
  readonly criticalMapDrop: number;
}

interface Drop {
  readonly key: string;
  readonly title: string;
  readonly rate: PictureRate | undefined;
  readonly evaluated: number | undefined;
  readonly warn: number;
  readonly critical: number;
  readonly maxPValue: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The finding `map50`; undefined where nothing is labelled, or the evaluation lacks `map50` (0 to 1) or `rows`, its pictures. */
export function compareMap(
  { meanAveragePrecision }: CountedMetrics,
  evaluation: EvaluationMetrics,
  rules: DetectionRules,
  detail: Drop['detail'],
): Finding | undefined {
  return compare(evaluation, rules, {
    ...{ key: 'map50', title: 'mean average precision', rate: meanAveragePrecision, detail },
    // As served, where the evaluation says so: boxes below the served confidence never come here.
    ...{ evaluated: evaluation?.['map50_served'] ?? evaluation?.['map50'], maxPValue: rules.maxPValue },
    ...{ warn: rules.maxMapDrop, critical: rules.criticalMapDrop },
  });
}

/**
 * Findings `precision:<class>` and `recall:<class>` for those that the evaluation has as `precision_<class>` and
 * `recall_<class>`, at a level divided by their number (Bonferroni).
 */
export function compareClasses(
  { classes }: CountedMetrics,
  names: readonly string[],
  evaluation: EvaluationMetrics,
  rules: DetectionRules,
): Finding[] {
  const evaluated = names.flatMap((name, code) =>
    (['precision', 'recall'] as const).flatMap((metric) => {
      const before = evaluation?.[`${metric}_${name}`];
      return before === undefined ? [] : [{ name, metric, before, rate: classes[code]?.[metric] }];
    }),
  );
  return evaluated.flatMap(
    ({ name, metric, before, rate }) =>
      compare(evaluation, rules, {
        ...{ key: `${metric}:${name}`, title: `${metric} of "${name}"`, rate, evaluated: before, detail: {} },
        ...{ warn: rules.maxRateDrop, critical: rules.criticalRateDrop },
        maxPValue: rules.maxPValue / evaluated.length,
      }) ?? [],
  );
}

/**
 * One-sided, by Student's t with the bootstrap error of the window; the evaluation, pictures of the same kind, has that of as
 * many of them as it had.
 */
function compare(evaluation: EvaluationMetrics, rules: DetectionRules, drop: Drop): Finding | undefined {
  const { key, title, rate, evaluated = Number.NaN, warn, critical, maxPValue, detail } = drop;
  const { rows = 0 } = evaluation ?? {};
  if (rate === undefined || !isSize(rows) || !(evaluated >= 0 && evaluated <= 1)) return undefined;
  const { value, n, pictures, lower, upper } = rate;
  const error = Math.sqrt(squaredErrorOf(rate, evaluated) * (1 + pictures / rows));
  const twoSided =
    error === 0
      ? Number(value === evaluated)
      : studentTwoSided((evaluated - value) / error, Math.max(1, pictures - 1));
  return judgeDrop({
    ...{ key, title, value, n: pictures, evaluated, rows, rules: { ...rules, maxPValue } },
    pValue: value < evaluated ? twoSided / 2 : 1 - twoSided / 2,
    method: "Student's t test with a bootstrap over pictures, one-sided",
    detail: { ...detail, boxes: n, lower95: lower, upper95: upper },
    effect: evaluated - value,
    warnAt: { effect: warn, value: evaluated - warn },
    criticalAt: { effect: critical, value: evaluated - critical },
  });
}

/**
 * Of a rate when the true one is `expected`. Boxes of a picture are alike at least as much as others are: the error is never
 * taken to be smaller than that of independent boxes, so that a window in which all is one has one too.
 */
export function squaredErrorOf({ standardError, n }: PictureRate, expected: number): number {
  return Math.max(standardError ** 2, (expected * (1 - expected)) / Math.max(1, n));
}

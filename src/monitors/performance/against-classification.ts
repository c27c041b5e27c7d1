// Decides whether a classifier is less often right, over all or in one class, than its version was in its evaluation.
import type { Finding } from '../monitor.js';
import type { ClassMetrics, Rate } from '../statistics/classification-metrics.js';
import { hypergeometricTail } from '../statistics/hypergeometric-tail.js';
import { isSize, judgeDrop, type EvaluationMetrics, type EvaluationRules } from './against-evaluation.js';

/** How much lower matters, in points of precision and recall of one class. */
export interface RateRules extends EvaluationRules {
  readonly maxRateDrop: number;
  readonly criticalRateDrop: number;
}

/** The same, and in points of accuracy. */
export interface AccuracyRules extends RateRules {
  readonly maxAccuracyDrop: number;
  readonly criticalAccuracyDrop: number;
}

/** The finding `accuracy`. Undefined when nothing is labelled, or the evaluation lacks `accuracy` (0 to 1) or `rows`. */
export function compareAccuracy(
  accuracy: Rate | undefined,
  evaluation: EvaluationMetrics,
  rules: AccuracyRules,
  detail: Finding['detail'],
): Finding | undefined {
  const { accuracy: share = Number.NaN, rows = 0 } = evaluation ?? {};
  if (accuracy === undefined || !isSize(rows) || !isShare(share)) return undefined;
  return compare(accuracy, { share, rows }, rules, {
    ...{ key: 'accuracy', title: 'accuracy', detail },
    ...{ warn: rules.maxAccuracyDrop, critical: rules.criticalAccuracyDrop },
  });
}

/**
 * Findings `precision:<class>` and `recall:<class>` of the first `names.length` classes, as far as the evaluation has
 * `recall_<class>` of `support_<class>` cases, and a `precision_<class>` above 0; at a level divided by their number (Bonferroni).
 */
export function compareClasses(
  classes: readonly ClassMetrics[],
  names: readonly string[],
  evaluation: EvaluationMetrics,
  rules: RateRules,
): Finding[] {
  const evaluated = names.flatMap((name, c) =>
    (['precision', 'recall'] as const).flatMap((metric) => {
      const before = evaluatedRate(evaluation, metric, name);
      return before === undefined ? [] : [{ name, metric, before, rate: classes[c]?.[metric] }];
    }),
  );
  const shared = { ...rules, maxPValue: rules.maxPValue / evaluated.length };
  return evaluated.map(({ name, metric, before, rate }) => {
    const [key, title] = [`${metric}:${name}`, `${metric} of "${name}"`];
    const [warn, critical] = [rules.maxRateDrop, rules.criticalRateDrop];
    if (rate !== undefined) return compare(rate, before, shared, { key, title, warn, critical, detail: {} });
    const summary = `There is no ${title}: ${metric === 'recall' ? 'no label names it' : 'it was not answered'}`;
    const unknown = { value: null, effect: null, pValue: null, n: 0, detail: {} };
    return { key, status: 'no-data', threshold: before.share - warn, summary, ...unknown };
  });
}

interface EvaluatedRate {
  readonly share: number;
  readonly rows: number;
}

/** The share and of how many rows it is one: cases of the class, or answers that named it. */
function evaluatedRate(
  evaluation: EvaluationMetrics,
  metric: 'precision' | 'recall',
  name: string,
): EvaluatedRate | undefined {
  const [support = 0, recall = Number.NaN, precision = Number.NaN] = ['support', 'recall', 'precision'].map(
    (one) => evaluation?.[`${one}_${name}`],
  );
  if (!isSize(support) || !isShare(recall)) return undefined;
  if (metric === 'recall') return { share: recall, rows: support };
  // Of answers that were never right, and of none, the evaluation says the same: a precision of 0.
  const answers = Math.round((recall * support) / precision);
  return isShare(precision) && isSize(answers) ? { share: precision, rows: answers } : undefined;
}

/** By Fisher's exact test, one-sided, on both samples. */
function compare(
  { value, n, lower, upper }: Rate,
  { share, rows }: EvaluatedRate,
  rules: EvaluationRules,
  {
    detail,
    warn,
    critical,
    ...named
  }: Pick<Finding, 'key' | 'detail'> & { title: string; warn: number; critical: number },
): Finding {
  const wrong = Math.round((1 - value) * n);
  const wrongBefore = rows - Math.round(share * rows);
  return judgeDrop({
    ...{ ...named, value, n, evaluated: share, rows, rules },
    pValue: hypergeometricTail(wrong, { total: rows + n, marked: wrongBefore + wrong, draws: n }),
    ...{ method: "Fisher's exact test, one-sided", detail: { ...detail, lower95: lower, upper95: upper } },
    effect: share - value,
    warnAt: { effect: warn, value: share - warn },
    criticalAt: { effect: critical, value: share - critical },
  });
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}

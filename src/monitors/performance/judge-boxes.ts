// Measures and judges a window of pictures whose true boxes came in.
import type { Finding, Measurement } from '../monitor.js';
import type { CountedMatches } from '../statistics/detection/counted-matches.js';
import { countedMetrics, type CountedMetrics } from '../statistics/detection/counted-metrics.js';
import { chanceOfMeanAbove, negated } from '../statistics/student-one-sided.js';
import { Z_95 } from '../statistics/wilson-interval.js';
import { compareClasses, compareMap, squaredErrorOf, type DetectionRules } from './against-detection.js';
import type { EvaluationMetrics } from './against-evaluation.js';
import { judgeBound } from './judge-bound.js';

/** As many classes as have series and findings of their own. */
const MAX_SHOWN = 25;

/** What must be kept; elsewhere the evaluation is the measure, where there is one. */
export interface BoxBounds extends DetectionRules {
  readonly minMap50?: number | undefined;
}

/** Metrics of pictures, the same for the same ones. */
export function measureBoxes(pictures: readonly CountedMatches[], classCount: number): CountedMetrics {
  return countedMetrics(pictures, classCount, lehmer(pictures.length + 1));
}

/** Findings `map50` and, where the evaluation has them, precision and recall by class. */
export function judgeBoxes(
  metrics: CountedMetrics,
  classes: readonly string[],
  labelRatio: number | undefined,
  bounds: BoxBounds,
  evaluation: EvaluationMetrics,
): { readonly measurements: readonly Measurement[]; readonly findings: readonly Finding[] } {
  const { minMap50 } = bounds;
  const shown = classes.slice(0, MAX_SHOWN);
  const detail = {
    labelRatio: labelRatio ?? null,
    classes: Object.fromEntries(shown.map((name, code) => [name, metrics.classes[code] ?? null])),
  };
  const map = metrics.meanAveragePrecision;
  const reach = (map?.standardError ?? 0) * Z_95;
  const bound = judgeBound({
    ...{ key: 'map50', title: 'mean average precision', side: 'least', bound: minMap50, setting: 'minMap50' },
    measured: map && {
      ...{ value: map.value, n: map.pictures, lower: map.value - reach, upper: map.value + reach },
    },
    chanceBeyond: (least) => {
      if (map === undefined) return 1;
      const sample = { n: map.pictures, mean: map.value, squaredError: squaredErrorOf(map, least) };
      return chanceOfMeanAbove(negated(sample), -least);
    },
    ...{ rules: bounds, detail },
  });
  const compared = minMap50 === undefined ? compareMap(metrics, evaluation, bounds, detail) : undefined;
  return {
    measurements: measurementsOf(metrics, shown),
    findings: [
      // While it is bad, the classes are its symptoms.
      { ...(compared ?? bound), isCause: true },
      ...compareClasses(metrics, shown, evaluation, bounds),
    ],
  };
}

function measurementsOf(
  { pictures, classes, meanAveragePrecision, macroF1 }: CountedMetrics,
  names: readonly string[],
): Measurement[] {
  const number = (
    name: string,
    value: number | undefined,
    n: number | undefined,
    unit: string | null = 'ratio',
    label?: string,
  ): Measurement[] => {
    const labels: Record<string, string> = label === undefined ? {} : { class: label };
    return value === undefined ? [] : [{ name, labels, unit, value, n: n ?? 0 }];
  };
  return [
    ...number('map50', meanAveragePrecision?.value, meanAveragePrecision?.pictures),
    ...number('f1_macro', macroF1, pictures),
    ...names.flatMap((name, code) => {
      const one = classes[code];
      if (one === undefined || (one.truths === 0 && one.falsePositives === 0)) return [];
      const { precision, recall, f1, falsePositives, falseNegatives } = one;
      return [
        ...number('precision', precision?.value, precision?.n, 'ratio', name),
        ...number('recall', recall?.value, recall?.n, 'ratio', name),
        ...number('f1', f1?.value, f1?.n, 'ratio', name),
        ...number('false_negative_rate', recall && 1 - recall.value, recall?.n, 'ratio', name),
        ...number('false_positives_per_image', falsePositives / pictures, pictures, null, name),
        ...number('false_negatives_per_image', falseNegatives / pictures, pictures, null, name),
      ];
    }),
  ];
}

/** Numbers from 0 to 1, the same for the same seed (Lehmer, 48271 modulo 2^31 - 1), so that a replay draws what was drawn. */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

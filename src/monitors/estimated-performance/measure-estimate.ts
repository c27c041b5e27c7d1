// The numbers an estimate without labels measures.
import type { Measurement } from '../monitor.js';
import type { SummedPerformance } from '../statistics/performance-sums.js';

/** As many classes as have series of their own. */
const MOST_SHOWN = 30;

const overall = (name: string, help: string) => ({ name, unit: 'ratio', help, labels: [] });
const ofClass = (name: string, help: string) => ({ name, unit: 'ratio', help, labels: ['class'] });

/** What `measureEstimate` measures, as a definition declares it. */
export const estimateMetrics = [
  overall('estimated_accuracy', 'Share of predictions that are probably right'),
  overall('estimated_accuracy_lower', 'Lower end of the band of the estimated accuracy'),
  overall('estimated_accuracy_upper', 'Upper end of the band of the estimated accuracy'),
  overall('estimated_f1', 'Mean estimated F1 of the classes'),
  overall('estimated_f1_lower', 'Lower end of the band of the estimated mean F1'),
  overall('estimated_f1_upper', 'Upper end of the band of the estimated mean F1'),
  ofClass('estimated_precision', 'Share of answers of this class that are probably right'),
  ofClass('estimated_recall', 'Share of cases of this class that are probably found'),
  {
    name: 'estimate_calibrated',
    unit: null,
    help: '1 where the reference checked the probabilities by labels, 0 where they are taken at their word',
    labels: [],
  },
];

/** What is not known, as the precision of a class never answered, is left out. */
export function measureEstimate(
  estimate: SummedPerformance | undefined,
  classes: readonly string[],
  isCalibrated: boolean,
): Measurement[] {
  if (estimate === undefined) return [];
  const { n, accuracy, macroF1, macroF1Band } = estimate;
  const ratio = (name: string, value: number | undefined, count = n, label?: string): Measurement[] => {
    const labels: Record<string, string> = label === undefined ? {} : { class: label };
    return value === undefined ? [] : [{ name, labels, unit: 'ratio', value, n: count }];
  };
  return [
    ...ratio('estimated_accuracy', accuracy.value),
    ...ratio('estimated_accuracy_lower', accuracy.lower),
    ...ratio('estimated_accuracy_upper', accuracy.upper),
    ...ratio('estimated_f1', macroF1),
    ...ratio('estimated_f1_lower', macroF1Band?.lower),
    ...ratio('estimated_f1_upper', macroF1Band?.upper),
    ...estimate.classes.slice(0, MOST_SHOWN).flatMap(({ precision, recall, answered }, c) => {
      const name = classes[c] ?? '';
      return [
        ...ratio('estimated_precision', precision, answered, name),
        ...ratio('estimated_recall', recall, n, name),
      ];
    }),
    { name: 'estimate_calibrated', labels: {}, unit: null, value: isCalibrated ? 1 : 0, n },
  ];
}

// Parity of the estimate with its golden values, and that its band holds what then comes true.
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/support/monitor-batches.js';
import { classificationMetrics } from './classification-metrics.js';
import { estimatePerformance, type UnlabelledAnswers } from './estimate-performance.js';

const P = [0.95, 0.9, 0.8, 0.7, 0.6, 0.55, 0.4, 0.3, 0.2, 0.05];

/** Rows of three classes with random probabilities; the likeliest is answered. */
function answers(n: number, random: () => number): UnlabelledAnswers {
  const rows = Array.from({ length: n }, () => {
    const weights = [random() ** 3, random() ** 3, random() ** 3];
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  });
  const predicted = rows.map((row) => row.indexOf(Math.max(...row)));
  return { classCount: 3, probabilities: rows.flat(), predicted };
}

/** The confusion matrix that comes out when each row's truth is drawn from its probabilities. */
function comeTrue({ probabilities, predicted }: UnlabelledAnswers, random: () => number): number[][] {
  const matrix = [0, 1, 2].map(() => [0, 0, 0]);
  Array.from(predicted).forEach((answer, row) => {
    const u = random();
    const [p0 = 0, p1 = 0] = [probabilities[row * 3], probabilities[row * 3 + 1]];
    const truth = matrix[u < p0 ? 0 : u < p0 + p1 ? 1 : 2];
    if (truth !== undefined) truth[answer] = (truth[answer] ?? 0) + 1;
  });
  return matrix;
}

describe('estimated performance', () => {
  it('agrees with the golden values of two classes', () => {
    const estimate = estimatePerformance({
      classCount: 2,
      probabilities: P.flatMap((p) => [1 - p, p]),
      predicted: P.map((p) => (p >= 0.5 ? 1 : 0)),
    });
    const positive = estimate?.classes[1];
    expect(positive?.truePositives).toBeCloseTo(4.5, 12);
    expect(positive?.falsePositives).toBeCloseTo(1.5, 12);
    expect(positive?.falseNegatives).toBeCloseTo(0.95, 12);
    expect(positive?.trueNegatives).toBeCloseTo(3.05, 12);
    expect(estimate?.accuracy.value).toBeCloseTo(0.755, 12);
    expect(positive?.precision).toBeCloseTo(0.75, 12);
    expect(positive?.recall).toBeCloseTo(0.8256880733944955, 12);
    expect(positive?.f1).toBeCloseTo(0.7860262008733624, 12);
    expect(positive?.specificity).toBeCloseTo(0.6703296703296703, 12);
    expect(positive?.rocAuc).toBeCloseTo(0.8316866619618914, 12);
  });

  it('holds what comes true within its band, which is no wider than it must be', () => {
    const random = seededRandom(29);
    const given = answers(400, random);
    const estimate = estimatePerformance(given);
    const outcomes = Array.from({ length: 300 }, () => classificationMetrics(comeTrue(given, random)));
    const [accuracy, macroF1] = [estimate?.accuracy, estimate?.macroF1];
    for (const [band, values] of [
      [accuracy, outcomes.map((outcome) => outcome.accuracy?.value ?? 0)],
      [macroF1, outcomes.map((outcome) => outcome.macroF1 ?? 0)],
    ] as const) {
      const { value = 0, lower = 0, upper = 0 } = band ?? {};
      const within = (factor: number) =>
        values.filter((v) => Math.abs(v - value) <= ((upper - lower) / 2) * factor).length / values.length;
      // 3 standard errors hold 99.7%, one of them 68%.
      expect(within(1)).toBeGreaterThan(0.98);
      expect(within(1 / 3)).toBeGreaterThan(0.58);
      expect(within(1 / 3)).toBeLessThan(0.78);
    }
  });

  it('is sure of sure answers, knows nothing without any, and keeps what cannot be known apart', () => {
    const sure = estimatePerformance({ classCount: 2, probabilities: [1, 0, 1, 0], predicted: [0, 0] });
    expect(sure).toMatchObject({ n: 2, accuracy: { value: 1, lower: 1, upper: 1 }, macroF1: { value: 1 } });
    expect(sure?.classes[1]).toMatchObject({ precision: undefined, recall: undefined, f1: undefined });
    expect(sure?.classes[1]?.rocAuc).toBeUndefined();
    expect(estimatePerformance({ classCount: 2, probabilities: [], predicted: [] })).toBeUndefined();
    expect(estimatePerformance({ classCount: 0, probabilities: [], predicted: [0] })).toBeUndefined();
  });
});

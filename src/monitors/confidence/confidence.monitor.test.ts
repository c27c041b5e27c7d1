// What the confidence monitor measures and when the mean is too low.
import { describe, expect, it } from 'vitest';
import {
  monitorSubject,
  predictionBatch,
  seededRandom,
  type TestRow,
} from '../../../test/support/monitor-batches.js';
import type { MonitorSubject } from '../monitor.js';
import { confidenceMonitor } from './confidence.monitor.js';

function evaluate(
  rows: readonly TestRow[],
  settings: Record<string, unknown> = {},
  subject: MonitorSubject = monitorSubject(),
) {
  const monitor = confidenceMonitor.create(confidenceMonitor.settings.parse(settings), subject);
  monitor.update([{ kind: 'prediction', batch: predictionBatch(1000, rows) }]);
  return monitor.evaluate(1000);
}
const rowsOf = (n: number, confidence: number) => Array.from({ length: n }, () => ({ confidence }));

describe('confidence', () => {
  it('measures mean, least, greatest and the share of low ones, without failed rows', () => {
    const { measurements, window } = evaluate([
      { confidence: 0.5 },
      { confidence: 0.75 },
      { failed: true },
      { confidence: 1 },
      { confidence: 0.55 },
    ]);
    expect(Object.fromEntries(measurements.map(({ name, value }) => [name, value]))).toEqual({
      confidence_mean: 0.7,
      confidence_min: 0.5,
      confidence_max: 1,
      low_confidence_ratio: 0.5,
    });
    expect(window.n).toBe(4);
  });

  it.each([
    [30, 0.75, 'ok', 0.7],
    [30, 0.625, 'warning', 0.7],
    [30, 0.375, 'critical', 0.5],
    [29, 0.375, 'insufficient-data', 0.7],
  ])('finds a mean of %d rows at %d to be %s', (n, confidence, status, threshold) => {
    const [finding] = evaluate(rowsOf(n, confidence)).findings;
    expect(finding).toMatchObject({ key: 'mean', status, value: confidence, threshold, n });
  });

  it('is not blinded by what is no share of 1', () => {
    const rows = [...rowsOf(100, 0.4), { confidence: 1e9 }, { confidence: -1 }, { confidence: Number.NaN }];
    const { findings, window } = evaluate(rows);
    expect(window.n).toBe(100);
    expect(findings[0]).toMatchObject({ status: 'critical', value: 0.4 });
  });

  it('has no data when every row failed', () => {
    const evaluation = evaluate([{ failed: true }]);
    expect(evaluation.measurements).toEqual([]);
    expect(evaluation.findings[0]).toMatchObject({ status: 'no-data', value: null });
  });

  it('judges by the thresholds it is set to', () => {
    expect(evaluate(rowsOf(30, 0.75), { warnMeanBelow: 0.8 }).findings[0]?.status).toBe('warning');
  });

  it('takes equal values at a bound for ones that keep it, whatever the rounding of their sum', () => {
    expect(evaluate(rowsOf(300, 0.7)).findings[0]).toMatchObject({ status: 'ok', value: 0.7 });
  });

  it.each([
    [0.66, 100, 'ok'],
    [0.66, 10_000, 'warning'],
    [0.6, 100, 'warning'],
    [0.6, 30, 'ok'],
  ])('finds a mean of about %d of %d scattered rows to be %s', (mean, n, status) => {
    const { findings } = evaluate(scattered(mean, n), { window: { count: 10_000 } });
    expect(findings).toMatchObject([{ key: 'mean', status, threshold: 0.7, n }]);
  });

  it('says how far the mean may lie from its measure, and how improbable it is by chance', () => {
    const rows = [0.65, 0.7, 0.6, 0.8, 0.55, 0.62].map((confidence) => ({ confidence }));
    const [finding] = evaluate(rows, { warnMeanBelow: 0.9, minRows: 2 }).findings;
    // scipy.stats.ttest_1samp(rows, 0.9, alternative="less")
    expect(finding?.pValue).toBeCloseTo(0.0004895413909709632, 12);
    const reach = 1.959963984540054 * Math.sqrt(0.0012777777777777779);
    expect(finding?.detail['lower95']).toBeCloseTo(0.6533333333333333 - reach, 12);
    expect(finding?.detail['upper95']).toBeCloseTo(0.6533333333333333 + reach, 12);
  });

  it('divides its level among those that judge beside it', () => {
    const alone = evaluate(scattered(0.6, 100), { maxPValue: 1e-5 });
    const pValue = alone.findings[0]?.pValue ?? 1;
    expect(alone.findings[0]?.status).toBe('warning');
    const beside = { ...monitorSubject(), comparisons: Math.ceil(1e-5 / pValue) };
    expect(evaluate(scattered(0.6, 100), { maxPValue: 1e-5 }, beside).findings[0]?.status).toBe('ok');
  });

  it('raises nothing over two hours of a model exactly at its bound', () => {
    const settings = (maxPValue: number) => ({ maxPValue, window: { count: 1000 } });
    const alarms = (maxPValue: number) =>
      [1, 2, 3, 4].filter((seed) => {
        const random = seededRandom(seed);
        const monitor = confidenceMonitor.create(
          confidenceMonitor.settings.parse(settings(maxPValue)),
          monitorSubject(),
        );
        let isBad = false;
        for (let second = 30; second <= 7200; second += 30) {
          const rows = Array.from({ length: 60 }, () => ({ confidence: 1 - 0.6 * random() }));
          monitor.update([{ kind: 'prediction', batch: predictionBatch(second * 1000, rows) }]);
          const [finding] = monitor.evaluate(second * 1000).findings;
          if (finding?.status === 'warning' || finding?.status === 'critical') isBad = true;
        }
        return isBad;
      }).length;
    expect(alarms(0.00001)).toBe(0);
    expect(alarms(0.2)).toBeGreaterThan(0);
  });
});

describe('confidence of a model with a reference', () => {
  const beside = (mean: number, { std = 0.1, count = 1000, min = 0.5 } = {}): MonitorSubject => {
    const quantiles = [min, mean, 1];
    const histogram = { edges: [], counts: [count] };
    const shape = { kind: 'numeric' as const, missing: 0, max: 1, quantiles, histogram };
    const confidence = { ...shape, count, mean, std, min };
    return { ...monitorSubject(), reference: { rows: count, features: {}, outputs: { confidence } } };
  };
  const judge = (mean: number, subject: MonitorSubject, settings = {}) =>
    evaluate(scattered(mean, 1000), settings, subject).findings[0];

  it('keeps its bounds where the reference keeps them', () => {
    expect(judge(0.6, beside(0.9))).toMatchObject({ status: 'warning', threshold: 0.7 });
    expect(judge(0.8, beside(0.9))).toMatchObject({ status: 'ok', threshold: 0.7 });
  });

  it('does not shout what is ordinary for the model, and measures its bounds from that', () => {
    const ordinary = judge(0.65, beside(0.65));
    expect(ordinary).toMatchObject({ status: 'ok', detail: { referenceMean: 0.65 } });
    // Of two classes a guess has 0.5: two fifths of the way from there to 0.65.
    expect(ordinary?.threshold).toBeCloseTo(0.56, 12);
    expect(judge(0.54, beside(0.65))?.status).toBe('warning');
    const critical = judge(0.51, beside(0.65), { criticalMeanBelow: 0.6 });
    expect(critical).toMatchObject({ status: 'critical' });
    expect(critical?.threshold).toBeCloseTo(0.53, 12);
  });

  it('counts from the least of the reference where that is less than a guess', () => {
    expect(judge(0.28, beside(0.4, { min: 0.1 }))?.threshold).toBeCloseTo(0.1 + (0.3 * 0.6) / 0.9, 12);
    expect(judge(0.4, beside(0.4, { std: 0, min: 0.4 }))?.status).toBe('ok');
  });

  it('is quiet where the window is under the bound and the reference, few rows, may be too', () => {
    const few = { count: 20, std: 0.1 };
    expect(judge(0.66, beside(0.72))?.status).toBe('warning');
    expect(judge(0.66, beside(0.72, few))?.status).toBe('ok');
  });

  it('knows nothing from a reference without confidences', () => {
    for (const subject of [monitorSubject({ labels: { on: 50 } }), beside(0.65, { count: 1 })])
      expect(judge(0.6, subject)).toMatchObject({ status: 'warning', threshold: 0.7 });
  });
});

/** Rows evenly spread 0.2 to both sides of a mean. */
function scattered(mean: number, n: number): TestRow[] {
  return Array.from({ length: n }, (_, i) => ({ confidence: mean + 0.4 * ((i + 0.5) / n - 0.5) }));
}

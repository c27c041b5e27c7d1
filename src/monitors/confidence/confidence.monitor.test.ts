// What the confidence monitor measures and when the mean is too low.
import { describe, expect, it } from 'vitest';
import { monitorSubject, predictionBatch, type TestRow } from '../../../test/support/monitor-batches.js';
import { confidenceMonitor } from './confidence.monitor.js';

function evaluate(rows: readonly TestRow[], settings: Record<string, unknown> = {}) {
  const monitor = confidenceMonitor.create(confidenceMonitor.settings.parse(settings), monitorSubject());
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
    [29, 0.375, 'insufficient-data', 0.5],
  ])('finds a mean of %d rows at %d to be %s', (n, confidence, status, threshold) => {
    const [finding] = evaluate(rowsOf(n, confidence)).findings;
    expect(finding).toMatchObject({ key: 'mean', status, value: confidence, threshold, n });
  });

  it('has no data when every row failed', () => {
    const evaluation = evaluate([{ failed: true }]);
    expect(evaluation.measurements).toEqual([]);
    expect(evaluation.findings[0]).toMatchObject({ status: 'no-data', value: null });
  });

  it('judges by the thresholds it is set to', () => {
    expect(evaluate(rowsOf(30, 0.75), { warnMeanBelow: 0.8 }).findings[0]?.status).toBe('warning');
  });
});

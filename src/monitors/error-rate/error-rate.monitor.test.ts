// What the error-rate monitor measures, and that chance alone does not make it warn.
import { describe, expect, it } from 'vitest';
import { monitorSubject, predictionBatch } from '../../../test/support/monitor-batches.js';
import { errorRateMonitor } from './error-rate.monitor.js';

function evaluate(failed: number, n: number, settings: Record<string, unknown> = {}) {
  const monitor = errorRateMonitor.create(errorRateMonitor.settings.parse(settings), monitorSubject());
  const rows = Array.from({ length: n }, (_, i) => ({ failed: i < failed }));
  monitor.update([{ kind: 'prediction', batch: predictionBatch(1000, rows) }]);
  return monitor.evaluate(1000);
}

describe('error rate', () => {
  it('measures the share of failed predictions', () => {
    expect(evaluate(30, 200).measurements).toEqual([
      { name: 'error_ratio', labels: {}, unit: 'ratio', value: 0.15, n: 200 },
    ]);
  });

  it.each([
    [1, 2, 'insufficient-data'],
    [0, 20, 'ok'],
    [2, 20, 'ok'],
    [60, 1000, 'ok'],
    [70, 1000, 'warning'],
    [5, 20, 'warning'],
    // Lower end of the interval 0.219: surely over 20%.
    [8, 20, 'critical'],
    [300, 1000, 'critical'],
  ])('finds %d of %d failed to be %s', (failed, n, status) => {
    expect(evaluate(failed, n).findings[0]).toMatchObject({ key: 'ratio', status, value: failed / n, n });
  });

  it('judges by the thresholds it is set to', () => {
    expect(evaluate(70, 1000, { warnAbove: 0.1 }).findings[0]).toMatchObject({
      status: 'ok',
      threshold: 0.1,
    });
  });
});

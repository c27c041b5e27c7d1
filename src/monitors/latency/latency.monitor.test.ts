// What the latency monitor measures and when it warns.
import { describe, expect, it } from 'vitest';
import { monitorSubject, predictionBatch, type TestRow } from '../../../test/support/monitor-batches.js';
import { latencyMonitor } from './latency.monitor.js';

function evaluate(rows: readonly TestRow[], settings: Record<string, unknown> = {}) {
  const monitor = latencyMonitor.create(latencyMonitor.settings.parse(settings), monitorSubject());
  monitor.update([{ kind: 'prediction', batch: predictionBatch(1000, rows) }]);
  return monitor.evaluate(1000);
}
const rowsOf = (n: number, row: TestRow) => Array.from({ length: n }, () => row);

describe('latency', () => {
  it('measures quantiles of the whole time and of the wait, in seconds', () => {
    const rows = Array.from({ length: 101 }, (_, i) => ({ totalMs: i * 10, queueMs: i }));
    const { measurements, window } = evaluate(rows);
    expect(measurements.map(({ name, labels, value, n }) => [name, labels['quantile'], value, n])).toEqual([
      ['latency_seconds', '0.5', 0.5, 101],
      ['latency_seconds', '0.95', 0.95, 101],
      ['latency_seconds', '0.99', 0.99, 101],
      ['queue_seconds', '0.5', 0.05, 101],
      ['queue_seconds', '0.95', 0.095, 101],
      ['queue_seconds', '0.99', 0.099, 101],
    ]);
    expect(window).toEqual({ from: 1000, to: 1000, n: 101 });
  });

  it.each([
    [900, {}, 'ok', 1],
    [1100, {}, 'warning', 1],
    [5100, {}, 'critical', 5],
    [300, { warnAboveSeconds: 0.2 }, 'warning', 0.2],
  ])('finds %d ms with settings %j to be %s', (totalMs, settings, status, threshold) => {
    const [finding] = evaluate(rowsOf(100, { totalMs }), settings).findings;
    expect(finding).toMatchObject({ key: 'p99', status, threshold, value: totalMs / 1000, n: 100 });
  });

  it('does not judge by a few slow rows', () => {
    expect(evaluate(rowsOf(99, { totalMs: 9000 })).findings[0]?.status).toBe('insufficient-data');
    expect(evaluate([...rowsOf(200, {}), { totalMs: 9000 }]).findings[0]?.status).toBe('ok');
  });

  it('takes a clock that runs behind for no time at all', () => {
    expect(evaluate(rowsOf(100, { totalMs: -50 })).findings[0]).toMatchObject({ status: 'ok', value: 0 });
  });
});

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

  it('speaks of every row of a window by time, however many there are, to one percent, and forgets older ones', () => {
    const monitor = latencyMonitor.create(
      latencyMonitor.settings.parse({ window: { seconds: 60 } }),
      monitorSubject(),
    );
    // The slow half comes first, and lies beyond the last 10,000 rows.
    for (let second = 0; second < 60; second += 1)
      monitor.update([
        {
          kind: 'prediction',
          batch: predictionBatch(second * 1000, rowsOf(500, { totalMs: second < 30 ? 2000 : 100 })),
        },
      ]);
    const at = (now: number) => {
      const { measurements, window } = monitor.evaluate(now);
      return [
        window.n,
        measurements.find(({ labels }) => labels['quantile'] === '0.99')?.value ?? 0,
      ] as const;
    };
    const [n, p99] = at(59_000);
    expect(n).toBe(30_000);
    expect(Math.abs(p99 / 2 - 1)).toBeLessThanOrEqual(0.01);
    const [later, laterP99] = at(100_000);
    expect(later).toBeLessThan(15_000);
    expect(Math.abs(laterP99 / 0.1 - 1)).toBeLessThanOrEqual(0.01);
    expect(at(200_000)[0]).toBe(0);
  });
});

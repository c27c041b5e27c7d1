// What the throughput monitor measures and when it takes quiet for silence.
import { describe, expect, it } from 'vitest';
import { monitorSubject, predictionBatch } from '../../../test/support/monitor-batches.js';
import { throughputMonitor } from './throughput.monitor.js';

const START = 1_700_000_000_000;

function monitorAfter(times: readonly number[], settings: Record<string, unknown> = {}) {
  const monitor = throughputMonitor.create(throughputMonitor.settings.parse(settings), monitorSubject());
  for (const at of times) monitor.update([{ kind: 'prediction', batch: predictionBatch(at, [{}, {}]) }]);
  return monitor;
}
const everySecond = (seconds: number) => Array.from({ length: seconds }, (_, i) => START + i * 1000);

describe('throughput', () => {
  it('measures predictions per second over its window', () => {
    const { measurements } = monitorAfter(everySecond(300)).evaluate(START + 300_000);
    expect(measurements).toHaveLength(1);
    expect(measurements[0]?.value).toBeCloseTo(2, 1);
  });

  it('is not fooled by a window that traffic has not filled yet', () => {
    const { measurements } = monitorAfter(everySecond(5)).evaluate(START + 5000);
    expect(measurements[0]).toMatchObject({ value: 2, n: 10 });
  });

  it('falls to zero when predictions stop', () => {
    const evaluation = monitorAfter(everySecond(10)).evaluate(START + 120_000);
    expect(evaluation.measurements[0]).toMatchObject({ value: 0, n: 0 });
    expect(evaluation.window).toEqual({ from: null, to: null, n: 0 });
  });

  it('warns of silence only after there had been traffic', () => {
    expect(monitorAfter([]).evaluate(START).findings[0]).toMatchObject({ key: 'silence', status: 'no-data' });
    const monitor = monitorAfter([START]);
    expect(monitor.evaluate(START + 299_999).findings[0]?.status).toBe('ok');
    expect(monitor.evaluate(START + 300_000).findings[0]).toMatchObject({
      status: 'warning',
      value: 300,
      threshold: 300,
    });
    monitor.update([{ kind: 'prediction', batch: predictionBatch(START + 300_500, [{}]) }]);
    expect(monitor.evaluate(START + 301_000).findings[0]?.status).toBe('ok');
  });

  it('counts batches that come out of order, and takes a clock that runs ahead for no silence', () => {
    const monitor = monitorAfter([START + 2000, START, START + 1000]);
    expect(monitor.evaluate(START + 1000).findings[0]).toMatchObject({ status: 'ok', value: 0 });
    expect(monitor.evaluate(START + 3000).measurements[0]).toMatchObject({ value: 2, n: 6 });
  });

  it('keeps as many counts as its window has seconds, and one', () => {
    const monitor = monitorAfter(everySecond(500), { window: { seconds: 10 } });
    expect(monitor.snapshot()).toMatchObject({ seconds: { length: 11 } });
  });
});

// Watches how long predictions take, from the arrival of a row to the end of its inference, and how long rows wait in the queue.
import { z } from 'zod';
import { defineMonitor, type Finding, type Measurement, type PredictionBatch } from '../monitor.js';
import { quantileOfSorted } from '../statistics/quantile.js';
import { createSlidingWindow, windowSchema } from '../window.js';

const QUANTILES = [0.5, 0.95, 0.99];

const settings = z.strictObject({
  window: windowSchema.default({ count: 1000 }),
  warnAboveSeconds: z.number().positive().default(1),
  criticalAboveSeconds: z.number().positive().default(5),
  /** Under this many rows the 99th percentile is little more than the slowest row. */
  minRows: z.int().min(1).default(100),
});
type Settings = z.output<typeof settings>;

/** Measures quantiles of `latency_seconds` and `queue_seconds`; finding `p99` of the former. */
export const latencyMonitor = defineMonitor({
  name: 'latency',
  title: 'Latency',
  summary: 'How long predictions take and how long they wait in the queue',
  tasks: ['classification', 'regression', 'detection'],
  inputs: ['prediction'],
  settings,
  metrics: [
    {
      name: 'latency_seconds',
      unit: 'seconds',
      help: 'From the arrival of a row to the end of its inference',
      labels: ['quantile'],
    },
    {
      name: 'queue_seconds',
      unit: 'seconds',
      help: 'From the arrival of a row to the start of its inference',
      labels: ['quantile'],
    },
  ],
  create(chosen) {
    const window = createSlidingWindow(chosen.window, 2);
    return {
      update: (events) => {
        for (const event of events) if (event.kind === 'prediction') take(event.batch, window.push);
      },
      evaluate: (now) => {
        const { columns, window: span } = window.rows(now);
        const [total, queue] = columns.map((column) => column.toSorted());
        return {
          measurements: [
            ...quantiles('latency_seconds', total ?? new Float64Array(0)),
            ...quantiles('queue_seconds', queue ?? new Float64Array(0)),
          ],
          findings: [judge(total ?? new Float64Array(0), chosen)],
          window: span,
        };
      },
      snapshot: window.snapshot,
      restore: window.restore,
    };
  },
});

function take(batch: PredictionBatch, push: (at: number, total: number, queue: number) => void): void {
  batch.ids.forEach((_, row) => {
    const receivedAt = batch.receivedAt[row] ?? Number.NaN;
    const queueMs = batch.timings.queueMs[row] ?? Number.NaN;
    // Two clocks meet here (API and worker), so a small skew must not show as a negative time.
    push(batch.at, Math.max(0, batch.at - receivedAt) / 1000, Math.max(0, queueMs) / 1000);
  });
}

function quantiles(name: string, sorted: Float64Array): Measurement[] {
  return QUANTILES.flatMap((q) => {
    const value = quantileOfSorted(sorted, q);
    if (value === undefined) return [];
    return [{ name, labels: { quantile: String(q) }, unit: 'seconds', value, n: sorted.length }];
  });
}

function judge(sorted: Float64Array, chosen: Settings): Finding {
  const n = sorted.length;
  const value = quantileOfSorted(sorted, 0.99) ?? null;
  const critical = value !== null && value > chosen.criticalAboveSeconds;
  const threshold = critical ? chosen.criticalAboveSeconds : chosen.warnAboveSeconds;
  const finding = { key: 'p99', value, threshold, effect: null, pValue: null, n, detail: {} };
  if (value === null) return { ...finding, status: 'no-data', summary: 'No predictions in the window' };
  const said = `99% of predictions took at most ${value.toFixed(3)} s`;
  if (n < chosen.minRows)
    return { ...finding, status: 'insufficient-data', summary: `${said}, of only ${n}` };
  if (value > threshold)
    return {
      ...finding,
      status: critical ? 'critical' : 'warning',
      summary: `${said}, over ${threshold} s`,
    };
  return { ...finding, status: 'ok', summary: said };
}

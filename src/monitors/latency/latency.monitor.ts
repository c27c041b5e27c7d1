// Watches how long predictions take, from the arrival of a row to the end of its inference, and how long rows wait in the queue.
import { z } from 'zod';
import {
  defineMonitor,
  type EvaluationWindow,
  type Finding,
  type Measurement,
  type PredictionBatch,
} from '../monitor.js';
import { quantileOfSorted } from '../statistics/quantile.js';
import type { QuantileSketch } from '../statistics/sketches/quantile-sketch.js';
import { createSlidingWindow, windowSchema, type SlidingWindow, type WindowWidth } from '../window.js';
import { createSlicedWindow } from './sliced-window.js';

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
    const window = 'count' in chosen.window ? lastRows(chosen.window) : lastSeconds(chosen.window.seconds);
    return {
      update: (events) => {
        for (const event of events) if (event.kind === 'prediction') take(event.batch, window.push);
      },
      evaluate: (now) => {
        const { total, queue, window: span } = window.read(now);
        return {
          measurements: [...quantiles('latency_seconds', total), ...quantiles('queue_seconds', queue)],
          findings: [judge(total, chosen)],
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

/** What came in the window: how many rows, and the quantile at 0 to 1, undefined when there are none. */
interface Durations {
  readonly n: number;
  readonly quantile: (q: number) => number | undefined;
}

interface LatencyWindow extends Pick<SlidingWindow, 'push' | 'snapshot' | 'restore'> {
  readonly read: (
    now: number,
  ) => Readonly<Record<'total' | 'queue', Durations>> & { window: EvaluationWindow };
}

/** Rows themselves, so that their quantiles are exact. */
function lastRows(width: WindowWidth): LatencyWindow {
  const window = createSlidingWindow(width, 2);
  const durations = (column: Float64Array = new Float64Array(0)): Durations => {
    const sorted = column.toSorted();
    return { n: sorted.length, quantile: (q) => quantileOfSorted(sorted, q) };
  };
  return {
    ...window,
    read: (now) => {
      const { columns, window: span } = window.rows(now);
      return { total: durations(columns[0]), queue: durations(columns[1]), window: span };
    },
  };
}

/** As many rows as come, so that a window of a minute is one under load too; quantiles to 1%. */
function lastSeconds(seconds: number): LatencyWindow {
  const window = createSlicedWindow(seconds, 2);
  const durations = (sketch: QuantileSketch | undefined): Durations => ({
    n: sketch?.n() ?? 0,
    quantile: (q) => sketch?.quantile(q),
  });
  return {
    ...window,
    read: (now) => {
      const { columns, window: span } = window.at(now);
      return { total: durations(columns[0]), queue: durations(columns[1]), window: span };
    },
  };
}

function quantiles(name: string, { n, quantile }: Durations): Measurement[] {
  return QUANTILES.flatMap((q) => {
    const value = quantile(q);
    return value === undefined ? [] : [{ name, labels: { quantile: String(q) }, unit: 'seconds', value, n }];
  });
}

function judge({ n, quantile }: Durations, chosen: Settings): Finding {
  const value = quantile(0.99) ?? null;
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

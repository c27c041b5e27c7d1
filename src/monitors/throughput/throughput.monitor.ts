// Watches how many predictions are made per second, and whether they stopped.
import { z } from 'zod';
import { defineMonitor, type Finding } from '../monitor.js';
import { createTraffic, type Traffic } from './traffic.js';

const settings = z.strictObject({
  /** A rate is per time, so this window is by time alone. */
  window: z.strictObject({ seconds: z.int().min(1).max(3600) }).default({ seconds: 60 }),
  silenceMs: z.int().positive().default(300_000),
});
type Settings = z.output<typeof settings>;

/** Measures `prediction_rate` per second; finding `silence`, the seconds since the last prediction. */
export const throughputMonitor = defineMonitor({
  name: 'throughput',
  title: 'Throughput',
  summary: 'How many predictions are made per second, and whether they stopped',
  tasks: ['classification', 'regression', 'detection'],
  inputs: ['prediction'],
  settings,
  metrics: [{ name: 'prediction_rate', unit: 'per second', help: 'Predictions made per second', labels: [] }],
  create(chosen) {
    const traffic = createTraffic(chosen.window.seconds);
    return {
      update: (events) => {
        for (const event of events)
          if (event.kind === 'prediction') traffic.add(event.batch.at, event.batch.ids.length);
      },
      evaluate: (now) => {
        const { count, rate, span } = traffic.at(now);
        return {
          measurements:
            rate === undefined
              ? []
              : [{ name: 'prediction_rate', labels: {}, unit: 'per second', value: rate, n: count }],
          findings: [judgeSilence(traffic.lastAt(), count, now, chosen)],
          window: { ...span, n: count },
        };
      },
      snapshot: traffic.snapshot,
      restore: traffic.restore,
    };
  },
});

function judgeSilence(
  lastAt: ReturnType<Traffic['lastAt']>,
  n: number,
  now: number,
  chosen: Settings,
): Finding {
  const threshold = chosen.silenceMs / 1000;
  const finding = { key: 'silence', threshold, effect: null, pValue: null, n, detail: {} };
  if (lastAt === null)
    return { ...finding, status: 'no-data', value: null, summary: 'There has been no prediction yet' };
  // A worker's clock may run a little ahead of this one.
  const value = Math.max(0, now - lastAt) / 1000;
  if (value >= threshold)
    return {
      ...finding,
      status: 'warning',
      value,
      summary: `No prediction for ${Math.floor(value)} s, after there had been traffic`,
    };
  return { ...finding, status: 'ok', value, summary: 'Predictions are being made' };
}

// Watches the share of predictions that failed in inference.
import { z } from 'zod';
import { defineMonitor, type Finding } from '../monitor.js';
import { correctedQuantile } from '../statistics/special/normal.js';
import { wilsonInterval, Z_95 } from '../statistics/wilson-interval.js';
import { createSlidingWindow, windowSchema } from '../window.js';

const settings = z.strictObject({
  window: windowSchema.default({ count: 1000 }),
  warnAbove: z.number().min(0).max(1).default(0.05),
  criticalAbove: z.number().min(0).max(1).default(0.2),
  minRows: z.int().min(1).default(20),
});
type Settings = z.output<typeof settings>;

/** Measures `error_ratio` (0 to 1); finding `ratio`. */
export const errorRateMonitor = defineMonitor({
  name: 'error-rate',
  title: 'Error rate',
  summary: 'The share of predictions that failed',
  tasks: ['classification', 'regression', 'detection'],
  inputs: ['prediction'],
  settings,
  metrics: [{ name: 'error_ratio', unit: 'ratio', help: 'Share of predictions that failed', labels: [] }],
  create(chosen, { comparisons }) {
    const window = createSlidingWindow(chosen.window, 1);
    const z = correctedQuantile(Z_95, comparisons);
    return {
      update: (events) => {
        for (const event of events) {
          if (event.kind !== 'prediction') continue;
          const { at, ids, errors } = event.batch;
          ids.forEach((_, row) => window.push(at, (errors[row] ?? null) === null ? 0 : 1));
        }
      },
      evaluate: (now) => {
        const { columns, window: span } = window.rows(now);
        const failed = columns[0]?.reduce((total, value) => total + value, 0) ?? 0;
        const value = span.n === 0 ? [] : [failed / span.n];
        return {
          measurements: value.map((ratio) => ({
            name: 'error_ratio',
            labels: {},
            unit: 'ratio',
            value: ratio,
            n: span.n,
          })),
          findings: [judge(failed, span.n, z, chosen)],
          window: span,
        };
      },
      snapshot: window.snapshot,
      restore: window.restore,
    };
  },
});

/** Judges by the lower end of the Wilson interval: the rate must be over the threshold for certain, not by chance. */
function judge(failed: number, n: number, z: number, chosen: Settings): Finding {
  const { lower } = wilsonInterval(failed, n, z);
  const critical = lower > chosen.criticalAbove;
  const threshold = critical ? chosen.criticalAbove : chosen.warnAbove;
  const finding = {
    key: 'ratio',
    value: n === 0 ? null : failed / n,
    threshold,
    effect: null,
    pValue: null,
    n,
  };
  if (n === 0) return { ...finding, status: 'no-data', summary: 'No predictions in the window', detail: {} };
  const { lower: lower95, upper: upper95 } = wilsonInterval(failed, n);
  const detail = { failed, lower95, upper95 };
  const said = `${failed} of ${n} predictions failed`;
  if (n < chosen.minRows) return { ...finding, status: 'insufficient-data', summary: said, detail };
  if (lower <= threshold) return { ...finding, status: 'ok', summary: said, detail };
  return {
    ...finding,
    status: critical ? 'critical' : 'warning',
    summary: `${said}, surely more than ${threshold * 100}%`,
    detail,
  };
}

// @ts-check
// An example of an outside monitor: watches the share of predictions between whose two best classes the model could
// hardly decide. Built on the public contract alone; load it with MONITOR_PLUGINS=./examples/monitor-plugin/undecided.monitor.js
import { z } from 'zod';

/**
 * @import { Finding, MonitorDefinition, PredictionBatch } from '../../src/monitors/monitor.js'
 * @typedef {{ at: number, margin: number }} Row
 * @typedef {z.output<typeof settings>} Settings
 */

const MAX_ROWS = 5000;

const settings = z.strictObject({
  window: z
    .union([
      z.strictObject({ count: z.int().min(1).max(MAX_ROWS) }),
      z.strictObject({ seconds: z.number().positive() }),
    ])
    .default({ count: 1000 }),
  /** Two best probabilities closer than this are undecided. */
  margin: z.number().min(0).max(1).default(0.1),
  warnAbove: z.number().min(0).max(1).default(0.3),
  minRows: z.int().min(1).default(30),
});

const state = z.strictObject({ rows: z.array(z.tuple([z.number(), z.number()])).max(MAX_ROWS) });

/** @type {MonitorDefinition<typeof settings>} */
export const monitor = {
  name: 'undecided',
  title: 'Undecided',
  summary: 'Share of predictions whose two best classes are nearly as probable',
  tasks: ['classification'],
  inputs: ['prediction'],
  settings,
  metrics: [
    {
      name: 'undecided_ratio',
      unit: 'ratio',
      help: 'Share of predictions whose two best classes are nearly as probable',
      labels: [],
    },
  ],
  create(chosen) {
    const capacity = 'count' in chosen.window ? chosen.window.count : MAX_ROWS;
    /** @type {Row[]} */
    let rows = [];
    return {
      update(events) {
        for (const event of events) {
          if (event.kind === 'prediction') rows.push(...marginsOf(event.batch));
        }
        rows = rows.slice(-capacity);
      },
      evaluate(now) {
        const since = 'seconds' in chosen.window ? now - chosen.window.seconds * 1000 : -Infinity;
        const held = rows.filter((row) => row.at > since);
        const undecided = held.filter((row) => row.margin < chosen.margin).length;
        const n = held.length;
        const value = n === 0 ? null : undecided / n;
        const times = held.map((row) => row.at);
        return {
          measurements:
            value === null ? [] : [{ name: 'undecided_ratio', labels: {}, unit: 'ratio', value, n }],
          findings: [judge(value, n, chosen)],
          window:
            n === 0 ? { from: null, to: null, n } : { from: Math.min(...times), to: Math.max(...times), n },
        };
      },
      snapshot: () => ({ rows: rows.map((row) => [row.at, row.margin]) }),
      restore(saved) {
        rows = rowsOf(saved);
      },
      merge(other) {
        // The order in which two processes saw their rows is not known, that of their times is.
        rows = [...rows, ...rowsOf(other.snapshot())]
          .sort((a, b) => a.at - b.at || a.margin - b.margin)
          .slice(-capacity);
      },
    };
  },
};

/**
 * Throws when it is no state of this monitor.
 * @param {unknown} saved
 * @returns {Row[]}
 */
function rowsOf(saved) {
  return state.parse(saved).rows.map(([at, margin]) => ({ at, margin }));
}

/**
 * One row per prediction that succeeded and has at least two probabilities.
 * @param {PredictionBatch} batch
 * @returns {Row[]}
 */
function marginsOf(batch) {
  const { classes = [], values = [] } = batch.outputs.probabilities ?? {};
  if (classes.length < 2 || !Number.isFinite(batch.at)) return [];
  return batch.ids.flatMap((_, row) => {
    if (batch.errors[row] != null) return [];
    const [best = NaN, second = NaN] = values
      .slice(row * classes.length, (row + 1) * classes.length)
      .sort((a, b) => b - a);
    const margin = best - second;
    return Number.isFinite(margin) ? [{ at: batch.at, margin }] : [];
  });
}

/**
 * @param {number | null} value
 * @param {number} n
 * @param {Settings} chosen
 * @returns {Finding}
 */
function judge(value, n, chosen) {
  const finding = {
    key: 'ratio',
    value,
    threshold: chosen.warnAbove,
    effect: null,
    pValue: null,
    n,
    detail: {},
  };
  if (value === null) return { ...finding, status: 'no-data', summary: 'No prediction with probabilities' };
  const said = `The model could hardly decide ${(value * 100).toFixed(1)}% of ${n} predictions`;
  if (n < chosen.minRows) return { ...finding, status: 'insufficient-data', summary: said };
  return { ...finding, status: value > chosen.warnAbove ? 'warning' : 'ok', summary: said };
}

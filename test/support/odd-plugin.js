// @ts-check
// A monitor plugin that counts rows, until a row is labelled with one of its oddities: then it misbehaves in that way.
import { performance } from 'node:perf_hooks';
import { z } from 'zod';

/** @import { MonitorDefinition } from '../../src/monitors/monitor.js' */

const settings = z.strictObject({});
const state = z.strictObject({ rows: z.number() });

/** @type {MonitorDefinition<typeof settings>} */
export const monitor = {
  name: 'oddity',
  title: 'Oddity',
  summary: 'For tests',
  tasks: ['classification'],
  inputs: ['prediction'],
  settings,
  metrics: [{ name: 'odd_rows', unit: null, help: 'Rows counted', labels: ['part'] }],
  create() {
    let rows = 0;
    let oddity = '';
    return {
      update(events) {
        for (const { kind, batch } of events) {
          if (kind !== 'prediction') continue;
          rows += batch.ids.length;
          for (const label of batch.outputs.label ?? []) {
            if (label === 'loop 2 s') loopFor(2000);
            if (label === 'exit') process.exit(3);
            if (label === 'allocate') allocate();
            if (label === 'throw later') setTimeout(fail, 0);
            if (label === 'throw') throw new Error('no such row');
            if (label?.startsWith('evaluate')) oddity = label;
          }
        }
      },
      evaluate() {
        if (oddity === 'evaluate for ever') loopFor(Infinity);
        const parts = oddity === 'evaluate to labels without end' ? 5_000 : 1;
        const value = oddity === 'evaluate to NaN' ? NaN : rows;
        return {
          measurements: Array.from({ length: parts }, (_, i) => {
            return { name: 'odd_rows', labels: { part: String(i) }, unit: null, value, n: rows };
          }),
          findings: [],
          window: { from: null, to: null, n: rows },
        };
      },
      snapshot: () => ({ rows }),
      restore(saved) {
        rows = state.parse(saved).rows;
      },
    };
  },
};

/** @param {number} ms */
function loopFor(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

function allocate() {
  const held = [];
  for (;;) held.push({ text: String(held.length) });
}

function fail() {
  throw new Error('much later');
}

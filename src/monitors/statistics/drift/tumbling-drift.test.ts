// Windows of drift end when they should, whatever the clocks of those who fill them.
import { describe, expect, it } from 'vitest';
import { profileNumbers } from '../../../training/reference-profile.js';
import { driftRule } from './drift-rule.js';
import { driftThresholdsSchema } from './drift-thresholds.js';
import { createTumblingDrift, type TumblingDrift, type WindowedRules } from './tumbling-drift.js';

const ROWS = 10;
const START = 1_700_000_000_000;
const RULES: WindowedRules = {
  ...{ rows: 10_000, seconds: 30, minRows: 30, confirmations: 2, comparisons: 1 },
  ...{ suspectPValue: 0.05, warnPValue: 0.00001, criticalPValue: 0.000001 },
};

/** Windows of 30 seconds over one column. */
function create(): TumblingDrift {
  const reference = profileNumbers(Array.from({ length: 500 }, (_, i) => i % 50));
  const rule = driftRule('ks', reference, {
    minWasserstein: 0.1,
    minJensenShannon: 0.1,
    thresholds: driftThresholdsSchema.parse({}),
  });
  if (rule === undefined) throw new Error('numbers can be compared by Kolmogorov and Smirnov');
  return createTumblingDrift([{ name: 'load', reference, rule }], RULES);
}

/** Ten rows at so many seconds. */
function fill(watch: TumblingDrift, second: number): void {
  const rows = Array.from({ length: ROWS }, (_, i) => i);
  watch.add(START + second * 1000, rows, [rows.map((i) => 5 * i)]);
}

describe('a window of 30 seconds', () => {
  it('is not ended by a batch that comes an hour late', () => {
    const watch = create();
    for (const second of [0, 1, -3600, 2, 3]) fill(watch, second);
    expect(watch.judged(START + 4000)).toBeUndefined();
    expect(watch.filling()).toEqual({ from: START - 3_600_000, to: START + 3000, n: 5 * ROWS });
    expect(watch.judged(START + 30_000)?.span.n).toBe(5 * ROWS);
    fill(watch, 30);
    expect(watch.filling().n).toBe(ROWS);
  });

  it('ends after a restart when it had ended without, also by the state of an older version', () => {
    const watch = create();
    for (const second of [5, 0, 6]) fill(watch, second);
    const restored = create();
    restored.restore(JSON.parse(JSON.stringify(watch.snapshot())));
    for (const one of [watch, restored]) {
      expect(one.judged(START + 34_000)).toBeUndefined();
      expect(one.judged(START + 35_000)?.span.n).toBe(3 * ROWS);
    }
    const written = JSON.parse(JSON.stringify(watch.snapshot())) as { filling: { begun?: number } };
    delete written.filling.begun;
    const updated = create();
    updated.restore(written);
    expect(updated.judged(START + 30_000)?.span.n).toBe(3 * ROWS);
  });
});

// Decides whether a feature that used to vary stands still.
import type { Finding } from '../monitor.js';
import type { Stillness } from './watched-feature.js';

/** One feature over one window; `low` and `high` are its least and largest value, as `stillness` numbers them. */
export interface ValuesToJudge {
  readonly key: string;
  readonly feature: string;
  readonly low: number;
  readonly high: number;
  /** Values that came. */
  readonly n: number;
  readonly stillness: Stillness;
  readonly minRows: number;
  readonly maxPValue: number;
  readonly isOver: boolean;
}

/**
 * Bad when all n values are one and chance does not explain it: with p the largest share that this value can have in
 * the reference, n of n have a chance of p^n, which is the p-value. So a number that nearly always is 0 in the
 * reference may be 0 all through a window.
 */
export function judgeConstant(values: ValuesToJudge): Finding {
  const { key, feature, low, high, n, stillness, minRows, maxPValue, isOver } = values;
  const finding = { key, value: null, threshold: null, effect: null, pValue: null, n, detail: {} };
  if (n === 0)
    return { ...finding, status: 'no-data', summary: `There are no values of ${feature} to judge` };
  if (!isOver || n < minRows)
    return { ...finding, status: 'insufficient-data', summary: `Only ${n} values of ${feature} so far` };
  // Neither is finite where what was counted came from a version that counted numbers alone.
  if (low !== high) return { ...finding, status: 'ok', pValue: 1, summary: `${feature} varies` };
  const pValue = stillness.share(low) ** n;
  const detail = { value: stillness.name(low), method: 'chance of one value in all rows' };
  const constant = { ...finding, pValue, detail };
  return pValue < maxPValue
    ? { ...constant, status: 'warning', summary: `${feature} was the same in all ${n} rows` }
    : { ...constant, status: 'ok', summary: `${feature} was the same in all ${n} rows, as it may well be` };
}

// Decides whether a number that used to vary stands still.
import type { Finding } from '../monitor.js';

/** One feature over one window; `low` and `high` are its least and largest number. */
export interface NumberToJudge {
  readonly key: string;
  readonly feature: string;
  readonly low: number;
  readonly high: number;
  /** Numbers that came. */
  readonly n: number;
  /** Of the reference, rising, at equal steps from the least to the largest. */
  readonly quantiles: readonly number[];
  readonly minRows: number;
  readonly maxPValue: number;
  readonly isOver: boolean;
}

// Profiles are rounded to six decimals.
const ROUNDING = 1e-6;

/**
 * Bad when all n numbers are one and chance does not explain it: with p the largest share that this number can have in
 * the reference by its quantiles, n of n have a chance of p^n, which is the p-value. So a number that nearly always is 0 in the
 * reference may be 0 all through a window.
 */
export function judgeConstant(number: NumberToJudge): Finding {
  const { key, feature, low, high, n, quantiles, minRows, maxPValue, isOver } = number;
  const finding = { key, value: null, threshold: null, effect: null, pValue: null, n, detail: {} };
  if (n === 0)
    return { ...finding, status: 'no-data', summary: `There are no numbers of ${feature} to judge` };
  if (!isOver || n < minRows)
    return { ...finding, status: 'insufficient-data', summary: `Only ${n} numbers of ${feature} so far` };
  if (low < high) return { ...finding, status: 'ok', pValue: 1, summary: `${feature} varies` };
  const pValue = largestShare(low, quantiles) ** n;
  const constant = { ...finding, pValue, detail: { value: low, method: 'chance of one value in all rows' } };
  return pValue < maxPValue
    ? { ...constant, status: 'warning', summary: `${feature} was the same number in all ${n} rows` }
    : { ...constant, status: 'ok', summary: `${feature} was the same in all ${n} rows, as it may well be` };
}

/** A value that stands at k neighbouring quantiles has at most the k + 1 steps around them. */
function largestShare(value: number, quantiles: readonly number[]): number {
  const standing = quantiles.filter((quantile) => Math.abs(quantile - value) <= ROUNDING).length;
  return Math.min(1, (standing + 1) / (quantiles.length - 1));
}

// Decides whether one number of a window of pictures is beyond its bound, or other than in the reference.
import type { Finding } from '../monitor.js';
import { describeBins } from '../statistics/drift/describe-bins.js';
import type { ComparedColumn } from './detection-window.js';

/** One number of the window with its interval, and what it is judged by. */
export interface Aspect {
  readonly key: string;
  /** As in "the mean confidence of a picture". */
  readonly title: string;
  readonly isShare?: boolean;
  readonly measured:
    | { readonly value: number; readonly lower: number; readonly upper: number; readonly n: number }
    | undefined;
  /** The same in the reference, and the column that is compared; undefined where it has none. */
  readonly referenceValue: number | undefined;
  readonly compared: ComparedColumn | undefined;
  readonly bounds: { readonly least?: number | undefined; readonly most?: number | undefined };
  /** `measured` at the level that bounds are judged by. */
  readonly strict: { readonly lower: number; readonly upper: number } | undefined;
  readonly settings: string;
}

/** How far the window is. */
export interface WindowState {
  readonly isOver: boolean;
  readonly pictures: number;
  readonly minRows: number;
}

/** Where a bound is set it has the word: critical when the whole interval lies beyond it; else the reference has, as in data-drift. */
export function judgeAspect(aspect: Aspect, { isOver, pictures, minRows }: WindowState): Finding {
  const { key, title, measured, referenceValue, compared, bounds, strict, settings } = aspect;
  const show = (value: number) => (aspect.isShare === true ? percent(value) : short(value));
  const none = { key, value: null, threshold: null, effect: null, pValue: null, n: pictures, detail: {} };
  if (measured === undefined)
    return { ...none, status: 'no-data', summary: `There is nothing yet to know ${title} of` };
  const { value, lower, upper, n } = measured;
  const said = `${capital(title)} is ${show(value)} (95% interval ${show(lower)} to ${show(upper)}, ${n} pictures)`;
  const before = referenceValue === undefined ? '' : `; the reference had ${show(referenceValue)}`;
  const detail = { current: value, lower95: lower, upper95: upper, reference: referenceValue ?? null };
  const bound = bounds.least ?? bounds.most;
  if (bound !== undefined) {
    const finding = { ...none, value, threshold: bound, n, detail };
    if (!isOver || n < minRows)
      return { ...finding, status: 'insufficient-data', summary: `${said}; too few to judge` };
    const isUnder = bounds.least !== undefined && strict !== undefined && strict.upper < bounds.least;
    const isOverMost = bounds.most !== undefined && strict !== undefined && strict.lower > bounds.most;
    if (!isUnder && !isOverMost) return { ...finding, status: 'ok', summary: said };
    const crossed = isUnder ? bounds.least : bounds.most;
    return {
      ...{ ...finding, threshold: crossed ?? bound, status: 'critical' },
      summary: `${said}, surely ${isUnder ? 'under' : 'over'} ${show(crossed ?? bound)}`,
    };
  }
  if (compared === undefined)
    return {
      ...{ ...none, value, n, detail, status: 'no-data' },
      summary: `${said}; the version has no reference to compare with${settings === '' ? '' : `, set ${settings} to have it judged`}`,
    };
  const { column, verdict } = compared;
  const finding = { ...none, value: verdict?.effect ?? null, threshold: column.rule.threshold, n, detail };
  if (verdict === undefined || verdict.status === 'insufficient-data')
    return { ...finding, status: 'insufficient-data', summary: `${said}; too few to judge` };
  const { effect = null, evidence = null, test, trail, summary } = verdict;
  return {
    ...{ ...finding, status: verdict.status, effect, pValue: evidence },
    summary: `${said}${before}${wordOf(verdict.status, trail.windows)}`,
    detail: {
      ...detail,
      method: test?.method ?? null,
      effectMethod: column.rule.method,
      windowAdjustedPValue: verdict.adjustedPValue ?? null,
      suspectWindows: trail.windows,
      ...describeBins(column, summary.table),
    },
  };
}

function wordOf(status: Finding['status'], windows: number): string {
  if (status === 'warning' || status === 'critical') return ', which chance does not explain';
  return windows > 0 ? '; another window has to confirm that it is another' : '';
}

/** A share as people read it. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

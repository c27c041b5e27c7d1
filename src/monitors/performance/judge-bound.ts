// Decides whether a measured value is surely beyond the bound that was set for it.
import type { Finding } from '../monitor.js';

/** What is judged: a value with its interval, and the bound it must keep, where one is set. */
export interface Judged {
  /** Key of the finding, and the words for what it judges. */
  readonly key: string;
  readonly title: string;
  readonly measured:
    | { readonly value: number; readonly n: number; readonly lower: number; readonly upper: number }
    | undefined;
  /** `least`: the value must not be under it; `most`: not over it. */
  readonly side: 'least' | 'most';
  readonly bound: number | undefined;
  /** The name of the setting that sets the bound. */
  readonly setting: string;
  readonly minRows: number;
  readonly detail: Readonly<Record<string, unknown>>;
  /** How many monitors judge beside each other, for whom the interval was widened; 1 when unset. */
  readonly comparisons?: number | undefined;
}

/** Speaks only when the whole interval lies beyond the bound, so that chance does not; without a bound it is `ok`. */
export function judgeBound(judged: Judged): Finding {
  const { key, title, measured, side, bound, setting, minRows, detail, comparisons = 1 } = judged;
  const finding = { key, threshold: bound ?? null, effect: null, pValue: null };
  if (measured === undefined)
    return {
      ...finding,
      status: 'no-data',
      value: null,
      n: 0,
      summary: 'No prediction in the window has a label',
      detail,
    };
  const { value, n, lower, upper } = measured;
  const said = `The ${title} of ${n} labelled predictions is ${value.toPrecision(4)}`;
  const interval =
    comparisons === 1
      ? { lower95: lower, upper95: upper }
      : { lower, upper, confidence: 1 - 0.05 / comparisons };
  const known = { ...finding, value, n, detail: { ...detail, ...interval } };
  if (n < minRows) return { ...known, status: 'insufficient-data', summary: `${said}; too few to judge` };
  if (bound === undefined)
    return { ...known, status: 'ok', summary: `${said}; set "${setting}" to have it judged` };
  const beyond = side === 'least' ? upper < bound : lower > bound;
  if (!beyond) return { ...known, status: 'ok', summary: said };
  const where = side === 'least' ? 'under' : 'over';
  return { ...known, status: 'critical', summary: `${said}, surely ${where} ${bound}` };
}

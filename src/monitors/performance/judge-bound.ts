// Decides whether a measured value is surely beyond the bound that was set for it.
import type { Finding } from '../monitor.js';
import type { EvaluationRules } from './against-evaluation.js';

/** What is judged: a value with its interval, and the bound it must keep, where one is set. */
export interface Judged {
  /** Key of the finding, and the words for what it judges. */
  readonly key: string;
  readonly title: string;
  /** With its 95% interval. */
  readonly measured:
    | { readonly value: number; readonly n: number; readonly lower: number; readonly upper: number }
    | undefined;
  /** `least`: the value must not be under it; `most`: not over it. */
  readonly side: 'least' | 'most';
  readonly bound: number | undefined;
  /** The probability of a value at least so far beyond the bound when the true one lies on it. */
  readonly chanceBeyond: (bound: number) => number;
  /** The name of the setting that sets the bound. */
  readonly setting: string;
  readonly rules: EvaluationRules;
  readonly detail: Finding['detail'];
}

/**
 * Speaks only when the value is beyond the bound by more than chance explains, at the level of all other findings: a window that
 * slides is looked at again and again. Without a bound it is `ok`.
 */
export function judgeBound(judged: Judged): Finding {
  const { key, title, measured, side, bound, setting, rules, detail } = judged;
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
  const known = { ...finding, value, n, detail: { ...detail, lower95: lower, upper95: upper } };
  if (n < rules.minRows)
    return { ...known, status: 'insufficient-data', summary: `${said}; too few to judge` };
  if (bound === undefined)
    return { ...known, status: 'ok', summary: `${said}; set "${setting}" to have it judged` };
  const pValue = judged.chanceBeyond(bound);
  const isBeyond = side === 'least' ? value < bound : value > bound;
  if (!isBeyond) return { ...known, pValue, status: 'ok', summary: said };
  const beyond = `${said}, ${side === 'least' ? 'under' : 'over'} ${bound}`;
  if (pValue >= rules.maxPValue)
    return { ...known, pValue, status: 'ok', summary: `${beyond} by no more than chance may explain` };
  return { ...known, pValue, status: 'critical', summary: `${beyond}, more than chance explains` };
}

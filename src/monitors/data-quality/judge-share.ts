// Decides whether something happens to more rows than it should.
import type { Finding } from '../monitor.js';
import { correctedQuantile } from '../statistics/special/normal.js';
import { wilsonInterval } from '../statistics/wilson-interval.js';

/** How far the interval of a share reaches, in its standard errors, and in words. */
export interface Certainty {
  readonly z: number;
  readonly method: string;
}

/** How often something happened, how often it is expected to, and the bounds to judge by; all shares 0 to 1. */
export interface ShareToJudge {
  readonly key: string;
  /** As in "3 of 100 values of `load` are out of range". */
  readonly subject: string;
  readonly verb: string;
  readonly count: number;
  readonly n: number;
  readonly expected: number;
  /** How far above `expected` the share may lie. */
  readonly tolerance: number;
  /** How much further it may lie before that is critical. */
  readonly criticalMargin: number;
  readonly minRows: number;
  /** False while the first window still fills, when nothing is judged. */
  readonly isOver: boolean;
  readonly certainty: Certainty;
}

/**
 * 99.9% two-sided, for all that are judged beside each other. Window follows window, so that where every share is exactly at its
 * threshold one must be taken for more in one of 2000 windows, not in one of 40.
 */
const Z = 3.290526731491926;

/** For that many shares that are judged beside each other, of all features and monitors (Bonferroni). */
export function certaintyFor(comparisons: number): Certainty {
  const percent = Number((100 - 0.1 / comparisons).toPrecision(8));
  return { z: correctedQuantile(Z, comparisons), method: `Wilson interval, ${percent}%` };
}

/** Bad when the whole Wilson interval of the share lies above the threshold; a share below what is expected is never bad. */
export function judgeShare(share: ShareToJudge): Finding {
  const { key, subject, verb, count, n, expected, tolerance, criticalMargin, minRows, isOver, certainty } =
    share;
  const threshold = expected + tolerance;
  const finding = { key, threshold, n, pValue: null };
  if (n === 0) {
    const nothing = { value: null, effect: null, detail: {}, summary: `There are no ${subject} to judge` };
    return { ...finding, ...nothing, status: 'no-data' };
  }
  const value = count / n;
  const { lower, upper } = wilsonInterval(count, n, certainty.z);
  const detail = { count, expected, lower, upper, method: certainty.method };
  const measured = { ...finding, value, effect: value - expected, detail };
  if (!isOver)
    return {
      ...measured,
      status: 'insufficient-data',
      summary: `The first window fills: ${n} ${subject} so far`,
    };
  if (n < minRows)
    return { ...measured, status: 'insufficient-data', summary: `Only ${n} ${subject} to judge` };
  const said = `${percent(value)} of ${n} ${subject} ${verb}, where ${percent(expected)} are expected`;
  if (lower <= threshold) return { ...measured, status: 'ok', summary: said };
  const isCritical = lower > threshold + criticalMargin;
  return {
    ...measured,
    status: isCritical ? 'critical' : 'warning',
    threshold: isCritical ? threshold + criticalMargin : threshold,
    summary: said,
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

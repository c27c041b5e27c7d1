// Decides whether more rows are far from the reference than the reference leads to expect.
import type { Finding } from '../monitor.js';
import { correctedQuantile } from '../statistics/special/normal.js';
import { wilsonInterval, Z_95 } from '../statistics/wilson-interval.js';
import type { OutlierCounts } from './outlier-tally.js';

/** The counts of a window, what is expected, and the bounds to judge by; shares 0 to 1. */
export interface OutliersToJudge extends OutlierCounts {
  /** Share of the reference that is far; undefined where it has no number to compare with. */
  readonly expected: number | undefined;
  readonly maxDistance: number;
  readonly maxRatio: number;
  readonly criticalRatio: number;
  readonly minRows: number;
  /** False while the first window still fills, when nothing is judged. */
  readonly isOver: boolean;
  /** How many monitors judge beside each other; 1 when unset. */
  readonly comparisons?: number | undefined;
}

/** The finding `ratio`: bad when the 95% Wilson interval of the share lies above what is expected and `maxRatio` more. */
export function judgeOutliers(window: OutliersToJudge): Finding {
  const {
    judged: n,
    outliers,
    farthest,
    expected,
    maxDistance,
    maxRatio,
    criticalRatio,
    minRows,
    isOver,
    comparisons = 1,
  } = window;
  const none = { key: 'ratio', value: null, threshold: null, effect: null, pValue: null, n, detail: {} };
  if (expected === undefined)
    return { ...none, status: 'no-data', summary: 'The version has no reference of a number that varies' };
  const threshold = expected + maxRatio;
  if (n === 0)
    return { ...none, threshold, status: 'no-data', summary: 'No row with a number in the window' };
  const value = outliers / n;
  const { lower, upper } = wilsonInterval(outliers, n, correctedQuantile(Z_95, comparisons));
  const measured = {
    ...{ ...none, threshold, value, effect: value - expected },
    detail: {
      method: `abs(x - median) in robust standard deviations, the largest over the features of a row; Wilson interval, ${Number((100 - 5 / comparisons).toFixed(4))}%`,
      ...{ outliers, expected, lower, upper, maxDistance, farthest },
    },
  };
  if (!isOver)
    return { ...measured, status: 'insufficient-data', summary: `The first window fills: ${n} rows so far` };
  if (n < minRows) return { ...measured, status: 'insufficient-data', summary: `Only ${n} rows to judge` };
  const [first] = farthest;
  const worst =
    first === undefined ? '' : `; the farthest by ${first.distance.toFixed(1)} in ${first.feature}`;
  const said = `${percent(value)} of ${n} rows are far from the reference, where ${percent(expected)} are expected${worst}`;
  if (lower <= threshold) return { ...measured, status: 'ok', summary: said };
  const isCritical = lower > expected + criticalRatio;
  return {
    ...measured,
    status: isCritical ? 'critical' : 'warning',
    threshold: isCritical ? expected + criticalRatio : threshold,
    summary: said,
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

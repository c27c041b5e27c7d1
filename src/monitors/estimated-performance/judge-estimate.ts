// Decides whether a model is probably less right than its reference, as far as its own probabilities can tell.
import type { Finding, ReferenceProfile } from '../monitor.js';
import type { SummedPerformance } from '../statistics/performance-sums.js';

/** What no estimate from probabilities can do; part of every finding. */
export const LIMIT =
  'An estimate without labels sees only that other cases come (covariate shift). It trusts the calibration of the reference, and cannot see concept drift: that the same case has another truth now.';

/** When an estimate is too low; accuracy in points below what the reference read. */
export interface EstimateRules {
  readonly maxAccuracyDrop: number;
  readonly criticalAccuracyDrop: number;
  /** So many suspect windows in a row are a finding. */
  readonly confirmations: number;
  readonly minRows: number;
}

type Calibration = ReferenceProfile['calibration'];

/** A window and what came before it. */
export interface EstimateToJudge {
  readonly estimate: SummedPerformance | undefined;
  readonly calibration: Calibration;
  readonly suspectsBefore: number;
  /** False while the first window still fills, when nothing is judged. */
  readonly isOver: boolean;
}

/** Whether the whole band lies more than `maxAccuracyDrop` under the reference; undefined when that cannot be said. */
export function isSuspect(
  estimate: SummedPerformance | undefined,
  calibration: Calibration,
  { maxAccuracyDrop, minRows }: EstimateRules,
): boolean | undefined {
  if (estimate === undefined || calibration === undefined || estimate.n < minRows) return undefined;
  return estimate.accuracy.upper < calibration.estimated.accuracy - maxAccuracyDrop;
}

/** The finding `accuracy`: both the window and the reference are estimates, so that a bias they share tells of nothing. */
export function judgeEstimate(judged: EstimateToJudge, rules: EstimateRules): Finding {
  const { estimate, calibration, suspectsBefore, isOver } = judged;
  const read = calibration?.estimated.accuracy;
  const thresholdOf = (drop: number) => (read === undefined ? null : read - drop);
  const none = {
    key: 'accuracy',
    value: null,
    threshold: thresholdOf(rules.maxAccuracyDrop),
    effect: null,
    pValue: null,
    n: 0,
    detail: { limit: LIMIT },
  };
  if (estimate === undefined)
    return { ...none, status: 'no-data', summary: 'No prediction with probabilities in the window' };
  const { n, accuracy } = estimate;
  const { value, lower, upper } = accuracy;
  const said = `The accuracy of ${n} predictions is estimated, without labels, at ${points(value)} (${points(lower)} to ${points(upper)})`;
  const measured = {
    ...none,
    ...{ value, n },
    detail: { method: 'CBPE, band of 3 standard errors', lower, upper, limit: LIMIT },
  };
  if (calibration === undefined || read === undefined)
    return {
      ...measured,
      status: 'no-data',
      summary: `${said}; the reference has no calibration to compare with`,
    };
  const { rows, estimated, measured: labelled, classes } = calibration;
  const curves = Object.values(classes).filter(({ curve }) => curve !== undefined).length;
  const compared = {
    ...measured,
    effect: read - value,
    detail: {
      ...measured.detail,
      reference: { rows, estimated, measured: labelled, curves },
      suspectsBefore,
    },
  };
  if (!isOver)
    return { ...compared, status: 'insufficient-data', summary: `The first window fills: ${n} rows so far` };
  const suspect = isSuspect(estimate, calibration, rules);
  if (suspect === undefined)
    return { ...compared, status: 'insufficient-data', summary: `${said}; too few to judge` };
  const beside = `${said}; the reference read ${points(read)}`;
  if (!suspect) return { ...compared, status: 'ok', summary: beside };
  if (suspectsBefore + 1 < rules.confirmations)
    return { ...compared, status: 'ok', summary: `${beside}; a further window decides` };
  const critical = thresholdOf(rules.criticalAccuracyDrop);
  const isCritical = critical !== null && upper < critical;
  return {
    ...compared,
    status: isCritical ? 'critical' : 'warning',
    threshold: isCritical ? critical : compared.threshold,
    summary: `${beside}. Other cases come than the reference has; concept drift would not show here`,
  };
}

function points(share: number): string {
  return share.toFixed(3);
}

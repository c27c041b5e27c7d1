// Decides whether a model is surely less sure of its answers than it has to be.
import type { Finding, MonitorSubject } from '../monitor.js';
import { chanceOfHigherMean, chanceOfMeanAbove, negated } from '../statistics/student-one-sided.js';
import type { MeanEstimate } from '../statistics/welch-t.js';
import { Z_95 } from '../statistics/wilson-interval.js';

/** The least mean confidence, 0 to 1, and how improbable by chance a lower one must be, of how many predictions. */
export interface ConfidenceRules {
  readonly warnMeanBelow: number;
  readonly criticalMeanBelow: number;
  readonly maxPValue: number;
  readonly minRows: number;
}

/** What the reference profile says of confidence. */
export interface OrdinaryConfidence extends MeanEstimate {
  /** That of a guess among the classes, or the least of the reference where that is less. */
  readonly guess: number;
}

/** Undefined without a reference of two confidences at least. */
export function ordinaryConfidence({ manifest, reference }: MonitorSubject): OrdinaryConfidence | undefined {
  const profile = reference?.outputs['confidence'];
  if (profile?.kind !== 'numeric' || profile.count < 2) return undefined;
  const { count: n, mean, std, min } = profile;
  const guess = Math.min(min, 1 / Math.max(1, manifest.classes.length));
  return { n, mean, squaredError: std ** 2 / (n - 1), guess };
}

/**
 * The finding `mean`: bad when the mean is under a bound, and under that of the reference too, by more than chance explains, each
 * by a one-sided t test. `confidence` is undefined when the window has none.
 */
export function judgeConfidence(
  confidence: MeanEstimate | undefined,
  ordinary: OrdinaryConfidence | undefined,
  rules: ConfidenceRules,
): Finding {
  const { warn, critical } = boundsFor(rules, ordinary);
  const none = { key: 'mean', threshold: warn, effect: null };
  if (confidence === undefined)
    return {
      ...{ ...none, status: 'no-data', value: null, pValue: null, n: 0, detail: {} },
      summary: 'No prediction with a confidence in the window',
    };
  const { n, mean, squaredError } = confidence;
  const pValue = chanceUnder(warn, confidence, ordinary);
  const reach = Z_95 * Math.sqrt(squaredError);
  const interval = { lower95: Math.max(0, mean - reach), upper95: Math.min(1, mean + reach) };
  const detail = { ...interval, referenceMean: ordinary?.mean ?? null };
  const finding = { ...none, value: mean, pValue, n, detail };
  const usual = ordinary === undefined ? '' : `; the reference has ${ordinary.mean.toFixed(3)}`;
  const said = `The mean confidence of ${n} predictions is ${mean.toFixed(3)}${usual}`;
  if (n < rules.minRows)
    return { ...finding, status: 'insufficient-data', summary: `${said}; too few to judge` };
  const under = (bound: number) => `${said}; surely under ${Number(bound.toFixed(3))}`;
  const pCritical = chanceUnder(critical, confidence, ordinary);
  if (pCritical < rules.maxPValue)
    return {
      ...{ ...finding, pValue: pCritical, threshold: critical },
      ...{ status: 'critical', summary: under(critical) },
    };
  if (pValue < rules.maxPValue) return { ...finding, status: 'warning', summary: under(warn) };
  return { ...finding, status: 'ok', summary: said };
}

/**
 * Bounds that the reference itself does not keep say nothing of a change: they then lie as far between a guess and the mean of the
 * reference as they did between a guess and certainty. Both together, so that their order stays.
 */
function boundsFor(
  { warnMeanBelow: warn, criticalMeanBelow: critical }: ConfidenceRules,
  ordinary: OrdinaryConfidence | undefined,
): { readonly warn: number; readonly critical: number } {
  if (ordinary === undefined || ordinary.mean >= Math.max(warn, critical)) return { warn, critical };
  const { guess, mean } = ordinary;
  const from = (bound: number) => guess + ((mean - guess) * (bound - guess)) / (1 - guess);
  return { warn: from(warn), critical: from(critical) };
}

function chanceUnder(bound: number, window: MeanEstimate, ordinary: MeanEstimate | undefined): number {
  const beside = ordinary === undefined ? 0 : chanceOfHigherMean(ordinary, window);
  return Math.max(beside, chanceOfMeanAbove(negated(window), -bound));
}

// Says in a finding what a drift detector last thought.
import type { Finding } from '../monitor.js';

/** Errors since the detector began, or up to the drift. */
export interface ErrorSum {
  readonly n: number;
  readonly sum: number;
  /** Of those that the detector saw, and as it saw them: from 0 to 1. */
  readonly seen: number;
  readonly seenSum: number;
}

/** What is known when a finding is asked for; `driftAt` (epoch ms) and `before` of the last drift, if there was one. */
export interface DriftView {
  readonly detector: string;
  readonly warns: boolean;
  readonly since: ErrorSum;
  readonly last: { readonly at: number; readonly before: ErrorSum } | null;
  readonly now: number;
  readonly holdSeconds: number;
  /** The least rise of the mean error that matters, as the detector sees it, in parts of what it was. */
  readonly minRise: number;
  readonly minRows: number;
}

/** The finding `error`: value is the mean error since the detector began, effect how much that changed at the drift. */
export function judgeDrift(view: DriftView): Finding {
  const { detector, warns, since, last, now, holdSeconds, minRise, minRows } = view;
  const value = meanOf(since);
  const before = last === null ? null : meanOf(last.before);
  const effect = value === null || before === null ? null : value - before;
  const detail = {
    detector,
    lastDriftAt: last === null ? null : new Date(last.at).toISOString(),
    meanErrorBefore: before,
    labelsBefore: last?.before.n ?? 0,
    meanErrorSince: value,
    labelsSince: since.n,
  };
  const finding = { key: 'error', value, threshold: null, effect: null, pValue: null, n: since.n, detail };
  if (last !== null && now - last.at < holdSeconds * 1000) {
    const changed = `${told(last.before)} before, ${told(since)} since`;
    // Detectors find falls too, and of many labels also changes that matter to nobody.
    const isRise = riseOf(last.before, since) > minRise;
    return isRise
      ? { ...finding, effect, status: 'critical', summary: `The error of the model rose: ${changed}` }
      : {
          ...finding,
          effect,
          status: 'ok',
          summary: `The error of the model changed, for no worse: ${changed}`,
        };
  }
  if (since.n === 0) return { ...finding, status: 'no-data', summary: 'No labelled prediction to watch' };
  if (warns)
    return {
      ...finding,
      status: 'warning',
      summary: `The error of the model seems to rise: ${told(since)}`,
    };
  if (since.n < minRows)
    return { ...finding, status: 'insufficient-data', summary: `The detector has begun: ${told(since)}` };
  return { ...finding, status: 'ok', summary: `The error of the model is steady: ${told(since)}` };
}

/** In parts of what it was, by the errors that one outlier cannot carry away; infinite as long as one side is unknown. */
function riseOf(before: ErrorSum, since: ErrorSum): number {
  if (before.seen === 0 || since.seen === 0) return Infinity;
  const was = before.seenSum / before.seen;
  return (since.seenSum / since.seen - was) / was;
}

function told(errors: ErrorSum): string {
  const mean = meanOf(errors);
  return mean === null ? 'no labels' : `${mean.toPrecision(3)} over ${errors.n} labels`;
}

function meanOf({ n, sum }: ErrorSum): number | null {
  return n === 0 ? null : sum / n;
}

// Says in a finding what a drift detector last thought.
import type { Finding } from '../monitor.js';

/** Errors since the detector began, or up to the drift. */
export interface ErrorSum {
  readonly n: number;
  readonly sum: number;
}

/** What is known when a finding is asked for; `driftAt` (epoch ms) and `before` of the last drift, if there was one. */
export interface DriftView {
  readonly detector: string;
  readonly warns: boolean;
  readonly since: ErrorSum;
  readonly last: { readonly at: number; readonly before: ErrorSum } | null;
  readonly now: number;
  readonly holdSeconds: number;
  readonly minRows: number;
}

/** The finding `error`: value is the mean error since the detector began, effect how much that changed at the drift. */
export function judgeDrift({ detector, warns, since, last, now, holdSeconds, minRows }: DriftView): Finding {
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
  if (last !== null && now - last.at < holdSeconds * 1000)
    return {
      ...finding,
      effect,
      status: 'critical',
      summary: `The error of the model changed: ${told(last.before)} before, ${told(since)} since`,
    };
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

function told(errors: ErrorSum): string {
  const mean = meanOf(errors);
  return mean === null ? 'no labels' : `${mean.toPrecision(3)} over ${errors.n} labels`;
}

function meanOf({ n, sum }: ErrorSum): number | null {
  return n === 0 ? null : sum / n;
}

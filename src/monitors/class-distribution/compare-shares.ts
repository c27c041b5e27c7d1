// Decides whether the classes answered now are shared out as in the reference.
import type { Finding } from '../monitor.js';
import { chiSquareHomogeneity } from '../statistics/chi-square-homogeneity.js';
import { jensenShannonDistance } from '../statistics/jensen-shannon.js';

/** Counts to compare with those of the reference, undefined when the version has none, and the bounds to judge by. */
export interface Comparison {
  readonly classes: readonly string[];
  /** By class, in the order of `classes`; `n` is their sum. */
  readonly counts: readonly number[];
  readonly n: number;
  readonly reference: readonly number[] | undefined;
  readonly maxPValue: number;
  readonly warnAtDistance: number;
  readonly criticalAtDistance: number;
  readonly minRows: number;
}

/** The finding `distribution`: more than chance explains (chi-square homogeneity), and enough to matter (distance). */
export function compareShares(comparison: Comparison): Finding {
  const { classes, counts, n, reference, maxPValue, warnAtDistance, criticalAtDistance, minRows } =
    comparison;
  const none = { value: null, effect: null, pValue: null, detail: {} };
  const finding = { key: 'distribution', threshold: warnAtDistance, n, about: 'answers' };
  if (n === 0)
    return { ...finding, ...none, status: 'no-data', summary: 'No prediction with a class in the window' };
  if (reference === undefined)
    return {
      ...finding,
      ...none,
      status: 'no-data',
      summary: 'The version has no reference to compare with',
    };
  const test = chiSquareHomogeneity(reference, counts);
  const distance = jensenShannonDistance(reference, counts) ?? null;
  const detail = {
    method: 'chi-square homogeneity, Jensen-Shannon distance in base 2',
    statistic: test?.statistic ?? null,
    counts: byClass(classes, counts),
    reference: byClass(classes, reference),
  };
  // Where both sides only ever saw one class there is nothing to test: they agree.
  const measured = { ...finding, value: distance, effect: distance, pValue: test?.pValue ?? 1, detail };
  if (n < minRows)
    return { ...measured, status: 'insufficient-data', summary: `Only ${n} predictions to compare` };
  if (measured.pValue >= maxPValue || distance === null || distance < warnAtDistance)
    return { ...measured, status: 'ok', summary: 'The classes are shared out as in the reference' };
  const critical = distance >= criticalAtDistance;
  return {
    ...measured,
    status: critical ? 'critical' : 'warning',
    threshold: critical ? criticalAtDistance : warnAtDistance,
    summary: `The classes are shared out differently from the reference (distance ${distance.toFixed(3)}); ${mostChanged(comparison, reference)}`,
  };
}

function mostChanged({ classes, counts, n }: Comparison, reference: readonly number[]): string {
  const total = reference.reduce((sum, count) => sum + count, 0);
  const [first] = classes
    .map((name, i) => ({ name, was: (reference[i] ?? 0) / total, is: (counts[i] ?? 0) / n }))
    .sort((a, b) => Math.abs(b.is - b.was) - Math.abs(a.is - a.was));
  const percent = (share: number) => `${(share * 100).toFixed(1)}%`;
  return first === undefined ? '' : `"${first.name}" was ${percent(first.was)}, is ${percent(first.is)}`;
}

function byClass(classes: readonly string[], counts: readonly number[]): Record<string, number> {
  const seen = classes.map((name, i) => [name, counts[i] ?? 0] as const).filter(([, count]) => count > 0);
  return Object.fromEntries(seen);
}

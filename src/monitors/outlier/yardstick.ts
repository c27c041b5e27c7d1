// How far from the reference a number lies: its distance from the median, in robust standard deviations.
import type { MonitorSubject } from '../monitor.js';
import { quantileOfSorted } from '../statistics/quantile.js';

/** What one feature is measured by. */
export interface Yardstick {
  readonly feature: string;
  readonly median: number;
  /** One robust standard deviation, more than 0. */
  readonly scale: number;
  /** Share of the reference, 0 to 1, that lies farther away than the limit, read from its quantiles. */
  readonly expectedShare: number;
}

/** Widths of a normal distribution with standard deviation 1: between its quartiles, and from 1% to 99%. */
const NORMAL_IQR = 1.349;
const NORMAL_WIDE_RANGE = 4.653;
/** A yardstick by which more than this share of the reference is far says nothing of what is unusual. */
const MAX_EXPECTED_SHARE = 0.01;

/**
 * Yardsticks of the numbers that vary in the reference, for distances abs(x - median) / scale. The scale is IQR / 1.349; where
 * that is 0, or more than 1% of the reference would be far by it, the range from 1% to 99% over 4.653; and where that will
 * not do either, the standard deviation. All three are the standard deviation of a normal distribution.
 */
export function yardsticksOf({ manifest, reference }: MonitorSubject, maxDistance: number): Yardstick[] {
  const profiles = reference?.features ?? {};
  return manifest.features.flatMap(({ name, type }) => {
    // Own keys only: a feature may be called as something that every object inherits.
    const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
    if ((type !== 'number' && type !== 'integer') || profile?.kind !== 'numeric') return [];
    const { quantiles, std } = profile;
    const at = (q: number) => quantileOfSorted(quantiles, q) ?? 0;
    const median = at(0.5);
    const fitting = [(at(0.75) - at(0.25)) / NORMAL_IQR, (at(0.99) - at(0.01)) / NORMAL_WIDE_RANGE, std]
      .filter((scale) => scale > 0)
      .map((scale) => {
        const reach = maxDistance * scale;
        const expectedShare = shareOutside(quantiles, median - reach, median + reach);
        return { feature: name, median, scale, expectedShare };
      });
    const chosen = fitting.find(({ expectedShare }) => expectedShare <= MAX_EXPECTED_SHARE) ?? fitting.at(-1);
    return chosen === undefined ? [] : [chosen];
  });
}

/** The share of rows that are far in some feature, were features independent: 1 - product of (1 - share). */
export function expectedRatio(yardsticks: readonly Yardstick[]): number {
  return 1 - yardsticks.reduce((near, { expectedShare }) => near * (1 - expectedShare), 1);
}

/** With the quantiles joined by straight lines, which makes long tails longer: rather too much is expected than too little. */
function shareOutside(quantiles: readonly number[], low: number, high: number): number {
  let outside = 0;
  for (let i = 1; i < quantiles.length; i += 1) {
    const [from, to] = [quantiles[i - 1] ?? 0, quantiles[i] ?? 0];
    if (to > from) outside += 1 - Math.max(0, Math.min(to, high) - Math.max(from, low)) / (to - from);
    else if (from < low || from > high) outside += 1;
  }
  return outside / (quantiles.length - 1);
}

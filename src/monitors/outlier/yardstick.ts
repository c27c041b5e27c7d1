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

/** Interquartile range of a normal distribution with standard deviation 1. */
const NORMAL_IQR = 1.349;

/**
 * Yardsticks of the numbers that vary in the reference, for distances abs(x - median) / (IQR / 1.349). Where half of the reference
 * is one number the IQR is 0, and its standard deviation takes its place; where all of it is, there is no yardstick.
 */
export function yardsticksOf({ manifest, reference }: MonitorSubject, maxDistance: number): Yardstick[] {
  const profiles = reference?.features ?? {};
  return manifest.features.flatMap(({ name, type }) => {
    // Own keys only: a feature may be called as something that every object inherits.
    const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
    if ((type !== 'number' && type !== 'integer') || profile?.kind !== 'numeric') return [];
    const { quantiles, std } = profile;
    const median = quantileOfSorted(quantiles, 0.5) ?? 0;
    const range = (quantileOfSorted(quantiles, 0.75) ?? 0) - (quantileOfSorted(quantiles, 0.25) ?? 0);
    const scale = range > 0 ? range / NORMAL_IQR : std;
    if (scale <= 0) return [];
    const reach = maxDistance * scale;
    return [
      {
        feature: name,
        median,
        scale,
        expectedShare: shareOutside(quantiles, median - reach, median + reach),
      },
    ];
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

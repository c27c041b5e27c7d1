// A threshold for any statistic, from what it does when nothing has changed.
import { quantileOfSorted } from './quantile.js';
import { sortedSample } from './sorted-sample.js';

/** What a threshold is made from; `Row` may be a number, a category or a vector. */
export interface Calibration<Row> {
  readonly reference: readonly Row[];
  /** How many rows the windows to be judged will have. */
  readonly windowSize: number;
  readonly statistic: (reference: readonly Row[], window: readonly Row[]) => number | undefined;
  /** The share of unchanged windows that may exceed the threshold, 0 to 1. */
  readonly alpha: number;
  /** How many pseudo-windows are drawn; 1 / alpha of them say almost nothing, 200 is a start for 0.05. */
  readonly draws: number;
  /** How the statistic falls as samples grow: a `distance` as 1 / sqrt(n), a `squared` one (PSI, MMD^2) as 1 / n. */
  readonly scale: 'distance' | 'squared';
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * The value that a window of `windowSize` rows exceeds with probability `alpha` when it comes from where the reference
 * came from: the 1 - alpha quantile over pseudo-windows drawn from the reference without replacement and compared with
 * the rest, rescaled from the rest's size to the whole reference's. Undefined when the window is empty or has more than a
 * fifth of the reference's rows, as too little would remain, or when the statistic was never known.
 */
export function calibratedThreshold<Row>(calibration: Calibration<Row>): number | undefined {
  const { reference, windowSize: m, statistic, alpha, draws, scale, random } = calibration;
  const n = reference.length;
  if (m < 1 || m > n / 5) return undefined;
  const known: number[] = [];
  for (let draw = 0; draw < draws; draw += 1) {
    const chosen = chooseDistinct(m, n, random);
    const rest = reference.filter((_, i) => !chosen.has(i));
    const value = statistic(
      rest,
      reference.filter((_, i) => chosen.has(i)),
    );
    if (value !== undefined) known.push(value);
  }
  const quantile = quantileOfSorted(sortedSample(known), 1 - alpha);
  if (quantile === undefined) return undefined;
  const shrinking = (1 / n + 1 / m) / (1 / (n - m) + 1 / m);
  return quantile * (scale === 'distance' ? Math.sqrt(shrinking) : shrinking);
}

/** Draws again what was drawn before, which is rare as at most a fifth is wanted. */
function chooseDistinct(count: number, below: number, random: () => number): ReadonlySet<number> {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(Math.floor(random() * below));
  return chosen;
}

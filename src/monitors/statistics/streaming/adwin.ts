// ADWIN: a window that grows while the mean stays and is cut where it changed.
import { z } from 'zod';
import type { DriftDetector } from './drift-detector.js';

/** The usual chance of a false cut. */
export const ADWIN_DELTA = 0.002;

/** How sure ADWIN must be, and how often and on how much it looks. */
export interface AdwinOptions {
  /** Chance of a false cut; smaller is surer and slower. */
  readonly delta?: number;
  /** Cuts are looked for once in so many values. */
  readonly clock?: number;
  /** Buckets of one size that are kept before two are merged; more is finer and slower. */
  readonly maxBuckets?: number;
  /** Fewest values on either side of a cut. */
  readonly minWindow?: number;
  /** No cut is looked for until more values than this are held. */
  readonly grace?: number;
}

const bucketSchema = z.tuple([z.number(), z.number()]);
/** Sum of the values of a bucket, and the sum of their squared distances from its mean. */
type Bucket = z.infer<typeof bucketSchema>;

const stateSchema = z.strictObject({
  ticks: z.int().nonnegative(),
  width: z.int().nonnegative(),
  total: z.number(),
  squares: z.number(),
  /** `levels[i]` holds buckets of 2^i values, oldest first. */
  levels: z.array(z.array(bucketSchema)).max(64),
});

/**
 * ADWIN2 (Bifet and Gavalda 2007) with an exponential histogram, for values from 0 to 1: while some cut of the window
 * has |mean0 - mean1| > sqrt(2/m v L) + 2/(3m) L, where 1/m = 1/n0 + 1/n1, L = ln(2 ln n / delta) and v is the variance
 * of the window, the oldest bucket is dropped. Notices changes in both directions and never warns.
 */
export function createAdwin({
  delta = ADWIN_DELTA,
  clock = 32,
  maxBuckets = 5,
  minWindow = 5,
  grace = 10,
}: AdwinOptions = {}): DriftDetector {
  let ticks = 0;
  let width = 0;
  let total = 0;
  let squares = 0;
  let levels: Bucket[][] = [];

  const insert = (value: number) => {
    if (width > 0) squares += (width * (value - total / width) ** 2) / (width + 1);
    width += 1;
    total += value;
    levels[0] = [...(levels[0] ?? []), [value, 0]];
    for (let i = 0; i < levels.length; i += 1) {
      const level = levels[i] ?? [];
      if (level.length <= maxBuckets) return;
      const [older, newer] = level.splice(0, 2);
      if (older !== undefined && newer !== undefined)
        (levels[i + 1] ??= []).push(merge(older, newer, 2 ** i));
    }
  };

  const dropOldest = () => {
    const size = 2 ** (levels.length - 1);
    const oldest = levels.at(-1)?.shift();
    if (oldest === undefined) return;
    if (levels.at(-1)?.length === 0) levels.pop();
    width -= size;
    total -= oldest[0];
    const between = (size * width * (oldest[0] / size - total / width) ** 2) / (size + width);
    // Rounding may take more away than there was.
    squares = width === 0 ? 0 : Math.max(0, squares - oldest[1] - between);
  };

  const hasCut = (): boolean => {
    const log = Math.log((2 * Math.log(width)) / delta);
    const variance = squares / width;
    let n0 = 0;
    let sum0 = 0;
    for (let i = levels.length - 1; i >= 0; i -= 1)
      for (const [sum] of levels[i] ?? []) {
        n0 += 2 ** i;
        sum0 += sum;
        const n1 = width - n0;
        if (n1 < minWindow) return false;
        if (n0 < minWindow) continue;
        const inverse = 1 / n0 + 1 / n1;
        const bound = Math.sqrt(2 * inverse * variance * log) + (2 / 3) * inverse * log;
        if (Math.abs(sum0 / n0 - (total - sum0) / n1) > bound) return true;
      }
    return false;
  };

  return {
    add: (value) => {
      if (!Number.isFinite(value)) return 'stable';
      insert(value);
      ticks = (ticks + 1) % clock;
      if (ticks !== 0) return 'stable';
      let drift = false;
      while (width > grace && hasCut()) {
        drift = true;
        dropOldest();
      }
      return drift ? 'drift' : 'stable';
    },
    snapshot: () => ({ ticks, width, total, squares, levels: structuredClone(levels) }),
    restore: (state) => {
      const held = stateSchema.parse(state);
      const counted = held.levels.reduce((sum, level, i) => sum + level.length * 2 ** i, 0);
      if (counted !== held.width || held.levels.some((level) => level.length > maxBuckets))
        throw new Error('the state of ADWIN has another shape');
      ({ ticks, width, total, squares, levels } = held);
    },
  };
}

/** Two buckets of `size` values each as one. */
function merge(older: Bucket, newer: Bucket, size: number): Bucket {
  const between = (older[0] / size - newer[0] / size) ** 2 * (size / 2);
  return [older[0] + newer[0], older[1] + newer[1] + between];
}

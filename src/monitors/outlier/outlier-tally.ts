// Counts the far rows of one window and keeps the farthest, column by column and without an object per row.
import { z } from 'zod';
import type { Tally } from '../tumbling-window.js';
import type { Yardstick } from './yardstick.js';

/** A prediction, the feature in which it is farthest from the reference, and how far. */
export interface UnusualRow {
  readonly id: string;
  readonly feature: string;
  readonly distance: number;
}

/** What a window came to; a row without any number that has a yardstick is not judged. */
export interface OutlierCounts {
  readonly judged: number;
  readonly outliers: number;
  /** The farthest first, at most five; of equal ones those that came first. */
  readonly farthest: readonly UnusualRow[];
}

/** The counts of one window. */
export interface OutlierTally extends Tally {
  counts(): OutlierCounts;
}

const MAX_KEPT = 5;
/** Distances end here, so that none is too large for a number in JSON. */
const MAX_DISTANCE = 1e9;

const stateSchema = z.strictObject({
  judged: z.int().nonnegative(),
  outliers: z.int().nonnegative(),
  farthest: z
    .array(z.strictObject({ id: z.string(), feature: z.string(), distance: z.number().nonnegative() }))
    .max(MAX_KEPT),
});

/** Makes tallies of windows of up to `maxRows` rows; a row farther away than `maxDistance` in one feature is an outlier. */
export function outlierTallies(
  yardsticks: readonly Yardstick[],
  maxDistance: number,
  maxRows: number,
): () => OutlierTally {
  const distances = new Float64Array(maxRows);
  const features = new Int32Array(maxRows);

  return () => {
    let [judged, outliers] = [0, 0];
    let farthest: readonly UnusualRow[] = [];
    return {
      counts: () => ({ judged, outliers, farthest }),
      add: (batch, from, to) => {
        distances.fill(-1, 0, to - from);
        yardsticks.forEach(({ feature, median, scale }, index) => {
          const cells = Object.hasOwn(batch.features, feature) ? (batch.features[feature] ?? []) : [];
          for (let row = from; row < to; row += 1) {
            const cell = cells[row];
            if (typeof cell !== 'number' || !Number.isFinite(cell)) continue;
            const distance = Math.min(MAX_DISTANCE, Math.abs(cell - median) / scale);
            if (distance <= (distances[row - from] ?? 0)) continue;
            distances[row - from] = distance;
            features[row - from] = index;
          }
        });
        for (let i = 0; i < to - from; i += 1) {
          const distance = distances[i] ?? -1;
          if (distance < 0) continue;
          judged += 1;
          if (distance > maxDistance) outliers += 1;
          if (farthest.length === MAX_KEPT && distance <= (farthest.at(-1)?.distance ?? 0)) continue;
          const row = {
            id: batch.ids[from + i] ?? '',
            feature: yardsticks[features[i] ?? 0]?.feature ?? '',
            distance,
          };
          const place = farthest.filter((kept) => kept.distance >= distance).length;
          farthest = farthest.toSpliced(place, 0, row).slice(0, MAX_KEPT);
        }
      },
      close: () => undefined,
      snapshot: () => ({ judged, outliers, farthest }),
      restore: (state) => {
        ({ judged, outliers, farthest } = stateSchema.parse(state));
      },
    };
  };
}

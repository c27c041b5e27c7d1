// Counts what is wrong with the features of one window's rows, column by column and without an object per row.
import { z } from 'zod';
import type { PredictionBatch } from '../monitor.js';
import type { Tally } from '../tumbling-window.js';
import { createMixCell, finishHash, type BatchCell } from './row-hash.js';
import { createSeenRows } from './seen-rows.js';
import type { WatchedFeature } from './watched-feature.js';

/** The counts of one window; arrays have one element per watched feature. */
export interface QualityTally extends Tally {
  readonly missing: Uint32Array;
  readonly wrongType: Uint32Array;
  /** Values of the right type that break the rule of their feature: out of range, or a category the manifest lacks. */
  readonly broken: Uint32Array;
  /** Least and largest value, as `Stillness` numbers them; Infinity and -Infinity while none came, and of texts. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Rows whose features came before in the same window, up to collisions of their hashes. */
  duplicates(): number;
}

const counts = z.array(z.int().nonnegative());
const extremes = z.array(z.number().nullable());
const stateSchema = z.strictObject({
  ...{ missing: counts, wrongType: counts, broken: counts, low: extremes, high: extremes },
  duplicates: z.int().nonnegative(),
  seen: z.array(z.int().min(1).max(0xffffffff)),
});

/** Makes tallies of windows of up to `maxRows` rows; a value that is no number but should be one counts as missing. */
export function qualityTallies(features: readonly WatchedFeature[], maxRows: number): () => QualityTally {
  const mixCell = createMixCell();
  const hashes = new Int32Array(maxRows);

  /** Counts one column and mixes it into `hashes`. */
  const addColumn = (
    index: number,
    cells: readonly BatchCell[],
    from: number,
    to: number,
    tally: QualityTally,
  ) => {
    const feature = features[index];
    if (feature === undefined) return;
    const { type, min, max, categories } = feature;
    let [missing, wrongType, broken] = [0, 0, 0];
    let [low, high] = [tally.low[index] ?? Infinity, tally.high[index] ?? -Infinity];
    for (let row = from; row < to; row += 1) {
      const cell = cells[row];
      hashes[row - from] = mixCell(hashes[row - from] ?? 0, cell);
      if (typeof cell === 'number') {
        if (!Number.isFinite(cell)) missing += 1;
        else if (type !== 'number' && (type !== 'integer' || !Number.isInteger(cell))) wrongType += 1;
        else {
          if (cell < min || cell > max) broken += 1;
          if (cell < low) low = cell;
          if (cell > high) high = cell;
        }
      } else if (cell === null || cell === undefined) missing += 1;
      else if (typeof cell === 'boolean') {
        if (type !== 'boolean') wrongType += 1;
        else {
          low = Math.min(low, Number(cell));
          high = Math.max(high, Number(cell));
        }
      } else if (type === 'category') {
        const place = categories.get(cell);
        if (place === undefined) broken += 1;
        // Which of all others it is nobody knows, so that they never stand still.
        low = Math.min(low, place ?? -1);
        high = Math.max(high, place ?? categories.size);
      } else if (type !== 'text' && type !== 'image') wrongType += 1;
    }
    tally.missing[index] = (tally.missing[index] ?? 0) + missing;
    tally.wrongType[index] = (tally.wrongType[index] ?? 0) + wrongType;
    tally.broken[index] = (tally.broken[index] ?? 0) + broken;
    // -0 would not survive a snapshot.
    tally.low[index] = low + 0;
    tally.high[index] = high + 0;
  };

  return () => {
    let seen = createSeenRows(maxRows);
    let duplicates = 0;
    const tally: QualityTally = {
      missing: new Uint32Array(features.length),
      wrongType: new Uint32Array(features.length),
      broken: new Uint32Array(features.length),
      low: new Float64Array(features.length).fill(Infinity),
      high: new Float64Array(features.length).fill(-Infinity),
      duplicates: () => duplicates,
      add: (batch, from, to) => {
        hashes.fill(0, 0, to - from);
        features.forEach(({ name }, index) => addColumn(index, columnOf(batch, name), from, to, tally));
        for (let i = 0; i < to - from; i += 1) if (seen.add(finishHash(hashes[i] ?? 0))) duplicates += 1;
      },
      close: () => {
        seen = createSeenRows(1);
      },
      snapshot: () => ({
        missing: [...tally.missing],
        wrongType: [...tally.wrongType],
        broken: [...tally.broken],
        low: [...tally.low].map((value) => (Number.isFinite(value) ? value : null)),
        high: [...tally.high].map((value) => (Number.isFinite(value) ? value : null)),
        duplicates,
        seen: seen.hashes(),
      }),
      restore: (state) => {
        const held = stateSchema.parse(state);
        const { missing, wrongType, broken, low, high } = held;
        const columns: readonly (readonly unknown[])[] = [missing, wrongType, broken, low, high];
        if (columns.some(({ length }) => length !== features.length) || held.seen.length > maxRows)
          throw new Error('the state counts other features');
        tally.missing.set(missing);
        tally.wrongType.set(wrongType);
        tally.broken.set(broken);
        tally.low.set(low.map((value) => value ?? Infinity));
        tally.high.set(high.map((value) => value ?? -Infinity));
        duplicates = held.duplicates;
        seen = createSeenRows(maxRows);
        for (const hash of held.seen) seen.add(hash);
      },
    };
    return tally;
  };
}

const NO_COLUMN: readonly BatchCell[] = [];

function columnOf({ features }: PredictionBatch, name: string): readonly BatchCell[] {
  // Own keys only: a feature may be called as something that every object inherits.
  return Object.hasOwn(features, name) ? (features[name] ?? NO_COLUMN) : NO_COLUMN;
}

// Counts what was read of each stream the way Redis counts for a group that reads by itself: the monitors read by tail
// and only publish their position, and without a count Redis could not tell what lies behind it.
import type { Positions } from './watched-model.js';

/** A position and the number of entries up to it, of all the stream ever had. */
export interface CountedPosition {
  readonly id: string;
  readonly entries: number;
}

/** By stream, the number of entries up to the watch's position. */
export interface ReadCounts {
  /** One more entry was read. */
  add(stream: keyof Positions): void;
  /** Takes up a count that Redis is sure of, where `position` is the one it speaks of. */
  settle(stream: keyof Positions, position: string, known: CountedPosition | undefined): void;
  /** Undefined until a count was known for once. */
  of(stream: keyof Positions): number | undefined;
}

/** Counts from the beginning of the streams; other starts are unknown until they are settled. */
export function createReadCounts(from: Positions): ReadCounts {
  const counts: Record<keyof Positions, number | undefined> = {
    predictions: from.predictions === '0-0' ? 0 : undefined,
    feedback: from.feedback === '0-0' ? 0 : undefined,
    resources: (from.resources ?? '0-0') === '0-0' ? 0 : undefined,
  };
  return {
    add: (stream) => {
      const count = counts[stream];
      if (count !== undefined) counts[stream] = count + 1;
    },
    settle: (stream, position, known) => {
      if (known?.id === position) counts[stream] = known.entries;
    },
    of: (stream) => counts[stream],
  };
}

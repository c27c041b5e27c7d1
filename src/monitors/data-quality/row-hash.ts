// A 32-bit hash of a row, taken cell by cell, so that a column can be gone through at once.
import type { PredictionBatch } from '../monitor.js';

/** One value as a batch carries it; undefined where its column is too short. */
export type BatchCell = NonNullable<PredictionBatch['features'][string]>[number] | undefined;

/** Mixes a cell into the hash of the cells before it; 0 begins. */
export type MixCell = (hash: number, cell: BatchCell) => number;

/**
 * MurmurHash3 x86_32 (Appleby 2008) over the two words of a number, the code units of a text, or one word for a truth
 * value or a gap. Equal rows have equal hashes, 0 and -0 too; two other rows have with a chance of 1 in 2^32.
 */
export function createMixCell(): MixCell {
  const double = new Float64Array(1);
  const words = new Uint32Array(double.buffer);
  return (hash, cell) => {
    switch (typeof cell) {
      case 'number':
        double[0] = cell + 0;
        return mixWord(mixWord(hash, words[0] ?? 0), words[1] ?? 0);
      case 'string': {
        let mixed = mixWord(hash, cell.length);
        for (let i = 0; i < cell.length; i += 2)
          mixed = mixWord(mixed, cell.charCodeAt(i) | ((cell.charCodeAt(i + 1) || 0) << 16));
        return mixed;
      }
      case 'boolean':
        return mixWord(hash, cell ? 3 : 2);
      default:
        return mixWord(hash, 1);
    }
  };
}

/** The last step: spreads the mixed cells over all 32 bits; an unsigned number. */
export function finishHash(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function mixWord(hash: number, word: number): number {
  let mixed = Math.imul(word, 0xcc9e2d51);
  mixed = Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
  mixed ^= hash;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

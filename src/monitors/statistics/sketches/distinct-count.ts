// How many different values came, in a thousand small numbers.
import { z } from 'zod';
import { textHash } from './text-hash.js';

/** Counts texts once each, however often they come. */
export interface DistinctCount {
  add(value: string): void;
  /** The estimate; 0 when nothing came. */
  estimate(): number;
  /** As if this one had seen what the other saw too: exact, in any order. */
  merge(other: DistinctCount): void;
  /** A text with a character for each register. */
  snapshot(): string;
  /** Throws when the state is none. */
  restore(state: unknown): void;
}

const INDEX_BITS = 10;
const REGISTERS = 2 ** INDEX_BITS;
/** Bits of the second word, whose leading zeros are counted; a register holds at most one more. */
const RANK_BITS = 32;
const RADIX = 36;

const stateSchema = z.string().regex(new RegExp(`^[0-9a-x]{${REGISTERS}}$`));

/**
 * HyperLogLog (Flajolet and others 2007) of 1024 registers over a 64-bit hash, read by the estimator of Ertl (2017), which has no
 * bias at any size. The relative standard error is 1.04 / sqrt(1024) = 3.25%.
 */
export function createDistinctCount(): DistinctCount {
  let registers = new Uint8Array(REGISTERS);
  const raise = (index: number, rank: number) => {
    if (rank > (registers[index] ?? 0)) registers[index] = rank;
  };
  return {
    add: (value) => {
      const [place, bits] = textHash(value);
      raise(place % REGISTERS, 1 + Math.clz32(bits));
    },
    estimate: () => {
      const holding = new Float64Array(RANK_BITS + 2);
      for (const rank of registers) holding[rank] = (holding[rank] ?? 0) + 1;
      return estimate(holding);
    },
    merge: (other) => {
      ranksOf(other.snapshot()).forEach((rank, index) => {
        raise(index, rank);
      });
    },
    snapshot: () => [...registers].map((rank) => rank.toString(RADIX)).join(''),
    restore: (state) => {
      registers = Uint8Array.from(ranksOf(stateSchema.parse(state)));
    },
  };
}

function ranksOf(state: string): number[] {
  return Array.from(state, (digit) => Number.parseInt(digit, RADIX));
}

/** Ertl's improved raw estimator; `holding[k]` is the number of registers that hold k. */
function estimate(holding: Float64Array): number {
  const alpha = 1 / (2 * Math.LN2);
  let z = REGISTERS * tau(1 - (holding[RANK_BITS + 1] ?? 0) / REGISTERS);
  for (let k = RANK_BITS; k >= 1; k -= 1) z = (z + (holding[k] ?? 0)) / 2;
  z += REGISTERS * sigma((holding[0] ?? 0) / REGISTERS);
  return (alpha * REGISTERS ** 2) / z;
}

/** x + x^2 + 2 x^4 + 4 x^8 ..: what the registers still at 0 weigh; infinite when all are. */
function sigma(share: number): number {
  if (share === 1) return Infinity;
  let [x, weight, sum, before] = [share, 1, share, -1];
  while (sum !== before) {
    before = sum;
    x *= x;
    sum += x * weight;
    weight *= 2;
  }
  return sum;
}

/** What the full registers weigh. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let [x, weight, sum, before] = [share, 1, 1 - share, -1];
  while (sum !== before) {
    before = sum;
    x = Math.sqrt(x);
    weight /= 2;
    sum -= (1 - x) ** 2 * weight;
  }
  return sum / 3;
}

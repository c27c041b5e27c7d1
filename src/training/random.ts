// Seeded random numbers: everything that is drawn at random is drawn from here, so a build can be repeated to the byte.

/** A stream of random draws; the same seed gives the same stream on every machine. */
export interface Random {
  /** Uniform in [min, max), 0 to 1 when not given. */
  uniform(min?: number, max?: number): number;
  /** Normal with this mean and standard deviation, 0 and 1 when not given. */
  normal(mean?: number, std?: number): number;
  /** A whole number from 0 to `below - 1`. */
  integer(below: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the items, each as likely as its weight or all alike; throws on an empty list. */
  choice<T extends string | number | object>(items: readonly T[], weights?: readonly number[]): T;
  /** The items in a new order, every order alike (Fisher-Yates). */
  shuffle<T extends string | number | object>(items: readonly T[]): T[];
}

/** A generator (xoshiro128**, seeded by SplitMix32) for any whole number as seed. */
export function createRandom(seed: number): Random {
  const next = xoshiro128(seed);
  // 53 random bits, as many as a double in [0, 1) can hold.
  const unit = (): number => ((next() >>> 5) * 67_108_864 + (next() >>> 6)) / 9_007_199_254_740_992;
  const integer = (below: number): number => Math.floor(unit() * below);

  return {
    uniform: (min = 0, max = 1) => min + (max - min) * unit(),
    normal: (mean = 0, std = 1) => mean + std * polarNormal(unit),
    integer,
    chance: (probability) => unit() < probability,
    choice: (items, weights) => {
      const item = items[weights === undefined ? integer(items.length) : weightedIndex(weights, unit())];
      if (item === undefined) throw new RangeError('there is nothing to choose from');
      return item;
    },
    shuffle: (items) => shuffle(items, integer),
  };
}

function shuffle<T extends string | number | object>(
  items: readonly T[],
  integer: (below: number) => number,
): T[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = integer(i + 1);
    const a = shuffled[i];
    const b = shuffled[j];
    if (a === undefined || b === undefined) continue;
    shuffled[i] = b;
    shuffled[j] = a;
  }
  return shuffled;
}

// Marsaglia's polar method: no sine or cosine, whose last bit differs between JavaScript engines.
function polarNormal(unit: () => number): number {
  for (;;) {
    const x = 2 * unit() - 1;
    const y = 2 * unit() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
  }
}

function weightedIndex(weights: readonly number[], unit: number): number {
  let left = unit * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}

// Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2021).
function xoshiro128(seed: number): () => number {
  const mix = splitMix32(seed);
  let [a, b, c, d] = [mix(), mix(), mix(), mix()];
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11);
    return result;
  };
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function splitMix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
}

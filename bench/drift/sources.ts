// The distributions that rates are measured on.
import type { Random } from '../../src/training/random.js';
import type { Statistics } from './statistics.js';

/** Numbers to draw, and the share of them up to x. */
export interface NumericSource {
  readonly draw: (random: Random) => number;
  readonly upTo: (x: number) => number;
}

/** Normal, lognormal with a long tail, whole numbers half of which are 0, and whole numbers of about twenty values. */
export function numericSources({
  upperIncompleteGamma,
}: Statistics): Readonly<Record<'normal' | 'skewed' | 'halfTied' | 'whole', NumericSource>> {
  const normalUpTo = (z: number): number => {
    const tail = upperIncompleteGamma(0.5, (z * z) / 2) / 2;
    return z > 0 ? 1 - tail : tail;
  };
  const wholeUpTo = (x: number): number => (x < 0 ? 0 : 1 - Math.exp(-(Math.floor(x) + 1) / 4));
  const whole = (random: Random): number => Math.floor(-4 * Math.log(1 - random.uniform()));
  return {
    normal: { draw: (random) => random.normal(), upTo: normalUpTo },
    skewed: {
      draw: (random) => Math.exp(1.5 * random.normal()),
      upTo: (x) => (x <= 0 ? 0 : normalUpTo(Math.log(x) / 1.5)),
    },
    halfTied: {
      draw: (random) => (random.chance(0.5) ? 0 : whole(random)),
      upTo: (x) => (x < 0 ? 0 : 0.5 + wholeUpTo(x) / 2),
    },
    whole: { draw: whole, upTo: wholeUpTo },
  };
}

/** Shares of `count` categories; `power` 1 makes them equal, more makes the last ones rare. */
export function categoryShares(count: number, power: number): readonly number[] {
  const upTo = (i: number): number => (i / count) ** (1 / power);
  return Array.from({ length: count }, (_, i) => upTo(i + 1) - upTo(i));
}

// That curves change what they are for, and that a row stays a distribution.
import { expect, it } from 'vitest';
import { mendProbabilities } from './mend-probabilities.js';

const HALVES = { x: [0, 1], y: [0.25, 0.75] };
const NEVER = { x: [0.5], y: [0] };

function mended(row: readonly number[], curves: Parameters<typeof mendProbabilities>[1]): number[] {
  const copy = Float64Array.from(row);
  mendProbabilities(copy, curves);
  return [...copy];
}

it('reads each probability off its curve, and adds up to 1', () => {
  expect(mended([0.8, 0.2], [HALVES, HALVES])).toEqual([0.65, 0.35]);
  const [first = 0, second = 0, third = 0] = mended([0.8, 0.1, 0.1], [HALVES, undefined, undefined]);
  expect(first).toBeCloseTo(0.65 / 0.85, 12);
  expect(second).toBe(third);
  expect(first + second + third).toBeCloseTo(1, 12);
});

it('leaves a row as it is without curves, or where nothing would be left of it', () => {
  expect(mended([0.8, 0.1], [undefined, undefined])).toEqual([0.8, 0.1]);
  expect(mended([0.8, 0.2], [NEVER, NEVER])).toEqual([0.8, 0.2]);
});

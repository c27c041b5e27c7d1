import { expect, it } from 'vitest';
import { roundTo } from './rounding.js';

it.each([
  [1.23456789, 6, 1.234568],
  [-1.23456789, 2, -1.23],
  [4.800000000000001, 1, 4.8],
  [12.5, 0, 13],
  [-0.0000001, 6, 0],
])('rounds %d to %d decimals', (value, decimals, rounded) => {
  expect(roundTo(value, decimals)).toBe(rounded);
});

// How long pictures take is learned by the tile.
import { expect, it } from 'vitest';
import { createPictureEstimate } from './picture-estimate.js';

const picture = (tiles: number, tileMs: number, overheadMs: number, metFreeSlot = true) => ({
  cost: tiles,
  computeMs: tiles * tileMs,
  roundTripMs: tiles * tileMs + overheadMs,
  metFreeSlot,
});

it('lets a first burst in, and then knows how much is ahead', () => {
  const estimate = createPictureEstimate({ threads: () => 1 });
  expect(estimate.drainMs(450)).toBeLessThan(5000);
  for (let i = 0; i < 20; i += 1) estimate.returned(picture(i % 2 === 0 ? 9 : 300, 50, 80));
  expect(estimate.drainMs(100)).toBeCloseTo(5000);
  expect(estimate.workMs(9)).toBeCloseTo(9 * 50 + 80);
});

it('divides the work among the threads', () => {
  const estimate = createPictureEstimate({ threads: () => 4 });
  for (let i = 0; i < 5; i += 1) estimate.returned(picture(10, 40, 0));
  expect(estimate.drainMs(100)).toBeCloseTo(1000);
});

it('does not take the wait for others for time of its own, nor learn from what failed', () => {
  const estimate = createPictureEstimate({ threads: () => 1 });
  estimate.returned(picture(10, 50, 60));
  estimate.returned(picture(10, 50, 9000, false));
  estimate.returned({ cost: 10, computeMs: undefined, roundTripMs: 1, metFreeSlot: true });
  expect(estimate.overheadMs()).toBeCloseTo(60);
  expect(estimate.coefficients()).toEqual({ a: 50, b: 0 });
});

// What a segment learnt of a column is what the column was.
import { expect, it } from 'vitest';
import { profileSample } from './column-profile.js';

it.each([4 / 3, 0.1, -1e9 / 7])('of %d again and again there is no spread, and no other mean', (value) => {
  const profile = profileSample(
    Array.from({ length: 100 }, () => value),
    3,
  );
  expect(profile).toMatchObject({ mean: value, std: 0, min: value, max: value, count: 100, missing: 3 });
});

it('of several numbers there are mean, spread and ends, and of none there is nothing', () => {
  expect(profileSample([1, 2, 3, 4], 0)).toMatchObject({ mean: 2.5, std: Math.sqrt(1.25), min: 1, max: 4 });
  expect(profileSample([], 5)).toMatchObject({ mean: 0, std: 0, min: 0, max: 0, count: 0, missing: 5 });
});

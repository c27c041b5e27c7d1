import { expect, it } from 'vitest';
import { createRandom } from './random.js';
import { stratifiedSplit } from './split.js';

const instances = Array.from({ length: 100 }, (_, id) => ({
  features: { id },
  truth: id < 80 ? 'common' : 'rare',
}));

it('keeps the share of every class in both parts and every instance in exactly one', () => {
  const { train, test } = stratifiedSplit(instances, 0.25, createRandom(1));
  expect(test.filter((i) => i.truth === 'common')).toHaveLength(20);
  expect(test.filter((i) => i.truth === 'rare')).toHaveLength(5);
  const ids = [...train, ...test].map((i) => i.features['id']);
  expect(new Set(ids).size).toBe(100);
});

it('splits the same way for the same seed and another way for another', () => {
  const test = (seed: number): unknown => stratifiedSplit(instances, 0.25, createRandom(seed)).test;
  expect(test(1)).toEqual(test(1));
  expect(test(1)).not.toEqual(test(2));
});

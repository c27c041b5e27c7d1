import { describe, expect, it } from 'vitest';
import { referenceProfileSchema } from '../manifest/reference-profile.js';
import type { ColumnProfile } from '../manifest/reference-profile.js';
import { createReferenceProfile, profileCategories, profileNumbers } from './reference-profile.js';

describe('profileNumbers', () => {
  it('interpolates quantiles as numpy does and cuts at the deciles', () => {
    const profile = profileNumbers([7, 1, 10, 4]);
    if (profile.kind !== 'numeric') throw new Error('not numeric');
    expect(profile).toMatchObject({ count: 4, missing: 0, mean: 5.5, min: 1, max: 10 });
    expect(profile.std).toBeCloseTo(3.354102, 6);
    expect(profile.quantiles).toHaveLength(101);
    expect([0, 10, 25, 50, 90, 100].map((i) => profile.quantiles[i])).toEqual([1, 1.9, 3.25, 5.5, 9.1, 10]);
    expect(profile.histogram.edges).toHaveLength(9);
    expect(profile.histogram.counts.reduce((a, b) => a + b)).toBe(4);
  });

  it('puts a value that lies on an edge into the bin below it', () => {
    const profile = profileNumbers(Array.from({ length: 11 }, (_, i) => i));
    if (profile.kind !== 'numeric') throw new Error('not numeric');
    expect(profile.histogram).toEqual({
      edges: [1, 2, 3, 4, 5, 6, 7, 8, 9],
      counts: [2, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    });
  });

  it('keeps one edge where deciles coincide, so that ties fall into one bin', () => {
    const tied = profileNumbers([0, 0, 0, 0, 0, 0, 0, 0, 5, 9]);
    const constant = profileNumbers([3, 3, 3]);
    if (tied.kind !== 'numeric' || constant.kind !== 'numeric') throw new Error('not numeric');
    expect(tied.histogram.edges[0]).toBe(0);
    expect(tied.histogram.counts[0]).toBe(8);
    expect(new Set(tied.histogram.edges).size).toBe(tied.histogram.edges.length);
    expect(constant).toMatchObject({ std: 0, histogram: { edges: [3], counts: [3, 0] } });
  });

  it('counts what is not finite as missing and refuses a column without values', () => {
    expect(profileNumbers([1, NaN, Infinity, 3])).toMatchObject({ count: 2, missing: 2, mean: 2 });
    expect(() => profileNumbers([NaN])).toThrow(RangeError);
  });

  it('is as fine as its values vary', () => {
    const values = Array.from({ length: 1001 }, (_, i) => 3e-7 + i * 1e-10);
    const { std, quantiles, histogram } = profileNumbers(values) as Extract<
      ColumnProfile,
      { kind: 'numeric' }
    >;
    expect(std).toBeCloseTo(2.89e-8, 10);
    expect(new Set(quantiles).size).toBe(101);
    expect(histogram.edges).toHaveLength(9);
    expect(profileNumbers([1 / 3, 1 / 3, 1 / 3])).toMatchObject({ std: 0, min: 0.333333 });
  });
});

it('counts categories, those that never came and those nobody listed included', () => {
  expect(profileCategories(['a', 'b'], ['a', 'c', undefined, 'a'])).toEqual({
    kind: 'category',
    count: 3,
    missing: 1,
    counts: { a: 2, b: 0, c: 1 },
  });
});

it('makes a profile in the form of reference.json', () => {
  const features = [
    { name: 'size', type: 'number', required: true, strict: false },
    { name: 'colour', type: 'category', categories: ['red'], required: true, strict: false },
    { name: 'note', type: 'text', required: true, strict: false },
  ] as const;
  const instances = [1, 2].map((size) => ({ features: { size, colour: 'red', note: 'x' }, truth: 'a' }));
  const profile = createReferenceProfile(
    features.map((feature) => ({ ...feature, categories: ['red'] })),
    ['a', 'b'],
    instances,
    { labels: ['a', 'a'], confidences: [0.9, 0.8] },
  );
  expect(referenceProfileSchema.parse(JSON.parse(JSON.stringify(profile)))).toEqual(profile);
  expect(Object.keys(profile.features)).toEqual(['size', 'colour']);
  expect(profile.outputs['label']).toMatchObject({ counts: { a: 2, b: 0 } });
});

// The number of entries behind a position: known from the beginning, or from the moment Redis was sure of it.
import { expect, it } from 'vitest';
import { createReadCounts } from './read-counts.js';

it('counts from the beginning of a stream', () => {
  const counts = createReadCounts({ predictions: '0-0', feedback: '5-0' });
  counts.add('predictions');
  counts.add('predictions');
  counts.add('feedback');
  expect([counts.of('predictions'), counts.of('feedback')]).toEqual([2, undefined]);
});

it('goes on from a count that speaks of its own position, and from no other', () => {
  const counts = createReadCounts({ predictions: '5-0', feedback: '0-0' });
  counts.settle('predictions', '5-0', { id: '4-0', entries: 40 });
  counts.settle('predictions', '5-0', undefined);
  expect(counts.of('predictions')).toBeUndefined();
  counts.settle('predictions', '5-0', { id: '5-0', entries: 41 });
  counts.add('predictions');
  expect(counts.of('predictions')).toBe(42);
});

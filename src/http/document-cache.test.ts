// The cache stays within its bounds whatever is put in, and keeps what is used.
import { expect, it } from 'vitest';
import { createDocumentCache } from './document-cache.js';

it('keeps as many documents as it may, those that were used last', () => {
  const cache = createDocumentCache<number>({ documents: 2, characters: 100, charactersOfOne: 100 });
  cache.keep('a', 1);
  cache.keep('b', 2);
  expect(cache.get('a')).toBe(1);
  cache.keep('c', 3);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
});

it('keeps no more characters than it may', () => {
  const cache = createDocumentCache<number>({ documents: 100, characters: 10, charactersOfOne: 10 });
  cache.keep('aaaa', 1);
  cache.keep('bbbb', 2);
  cache.keep('cccc', 3);
  expect([cache.get('aaaa'), cache.get('bbbb'), cache.get('cccc')]).toEqual([undefined, 2, 3]);
  cache.keep('d'.repeat(10), 4);
  expect([cache.get('bbbb'), cache.get('cccc'), cache.get('d'.repeat(10))]).toEqual([
    undefined,
    undefined,
    4,
  ]);
});

it('makes no room for one that is too long', () => {
  const cache = createDocumentCache<number>({ documents: 100, characters: 100, charactersOfOne: 5 });
  cache.keep('short', 1);
  cache.keep('longer', 2);
  expect([cache.get('short'), cache.get('longer')]).toEqual([1, undefined]);
});

it('counts a document that is kept again once', () => {
  const cache = createDocumentCache<number>({ documents: 100, characters: 4, charactersOfOne: 4 });
  cache.keep('ab', 1);
  cache.keep('ab', 2);
  cache.keep('cd', 3);
  expect([cache.get('ab'), cache.get('cd')]).toEqual([1, 3]);
});

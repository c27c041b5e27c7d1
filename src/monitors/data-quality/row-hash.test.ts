// Equal rows meet in one hash, different rows practically never, and the table counts them.
import { expect, it } from 'vitest';
import { createMixCell, finishHash, type BatchCell } from './row-hash.js';
import { createSeenRows } from './seen-rows.js';

const mixCell = createMixCell();
const hashOf = (...cells: readonly BatchCell[]) =>
  finishHash(cells.reduce<number>((hash, cell) => mixCell(hash, cell), 0));

it('tells apart values, types, places and gaps, and takes 0 for -0', () => {
  const rows: BatchCell[][] = [
    [1, 2],
    [2, 1],
    ['1', 2],
    [true, 2],
    [false, 2],
    [null, 2],
    ['', 2],
    ['ab', 'c'],
    ['a', 'bc'],
    ['abc', ''],
    [1e-300, 2],
    [-1, 2],
  ];
  expect(new Set(rows.map((row) => hashOf(...row))).size).toBe(rows.length);
  expect(hashOf(0)).toBe(hashOf(-0));
  expect(hashOf(null)).toBe(hashOf(undefined));
});

it('collides no more often than chance: among 60,000 rows n^2 / 2^33, that is 0.4', () => {
  const hashes = new Set<number>();
  for (let i = 0; i < 60_000; i += 1) hashes.add(hashOf(i / 10, i % 7, 'x'));
  expect(60_000 - hashes.size).toBeLessThan(5);
});

it('keeps every hash apart, zero and neighbours too, and gives them back in order', () => {
  const seen = createSeenRows(8);
  const hashes = [16, 0, 32, 48, 1, 5, 4_294_967_295];
  expect(hashes.map((hash) => seen.add(hash))).toEqual([false, false, false, false, true, false, false]);
  expect(hashes.every((hash) => seen.add(hash))).toBe(true);
  expect(seen.hashes()).toEqual([16, 1, 32, 48, 5, 4_294_967_295]);
});

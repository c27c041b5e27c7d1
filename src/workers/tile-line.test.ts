// Tiles leave at once while a thread is free, share batches when none is, and one that must be alone is.
import { expect, it } from 'vitest';
import { createTileLine } from './tile-line.js';

interface Tile {
  readonly picture: string;
  readonly alone?: boolean;
}

function line({ limit = 4, slots = 1, maxTiles = 8 } = {}) {
  const batches: { tiles: readonly Tile[]; finish: (computeMs?: number) => void }[] = [];
  const seen: number[] = [];
  const returned: unknown[] = [];
  const created = createTileLine<Tile>({
    estimate: { batchLimit: () => limit, returned: (batch) => returned.push(batch) },
    maxTiles,
    slots,
    isAlone: ({ alone = false }) => alone,
    onBatch: (tiles) => seen.push(tiles),
    run: (tiles) => new Promise((finish) => batches.push({ tiles, finish })),
  });
  const finish = async (batch: number, computeMs?: number) => {
    batches[batch]?.finish(computeMs);
    await new Promise((resume) => setImmediate(resume));
  };
  return { add: (tile: Tile) => created.add(tile), batches, seen, returned, finish };
}
const tiles = (picture: string, count: number): Tile[] => Array.from({ length: count }, () => ({ picture }));

it('lets a lone tile leave at once, and one more be ready for the thread', () => {
  const { add, seen } = line();
  for (const tile of tiles('a', 3)) add(tile);
  expect(seen).toEqual([1, 1]);
});

it('puts tiles of different pictures into one batch while all threads are busy', async () => {
  const { add, batches, finish, returned } = line();
  for (const tile of [...tiles('a', 4), ...tiles('b', 3)]) add(tile);
  await finish(0, 20);
  expect(batches[2]?.tiles.map(({ picture }) => picture)).toEqual(['a', 'a', 'b', 'b']);
  await finish(1, 20);
  expect(batches[3]?.tiles.map(({ picture }) => picture)).toEqual(['b']);
  expect(returned).toMatchObject([
    { cost: 1, computeMs: 20, metFreeSlot: true },
    { cost: 1, computeMs: 20, metFreeSlot: false },
  ]);
});

it('takes no more tiles than pay, nor than the model takes', async () => {
  for (const [limit, maxTiles, most] of [
    [1, 8, 1],
    [100, 3, 3],
    [0, 8, 1],
  ] as const) {
    const { add, batches, finish } = line({ limit, maxTiles });
    for (const tile of tiles('a', 20)) add(tile);
    await finish(0);
    expect(batches[2]?.tiles.length).toBe(most);
  }
});

it('runs a tile that failed beside others without them, and the others without it', async () => {
  const { add, batches, finish } = line();
  for (const tile of tiles('a', 4)) add(tile);
  add({ picture: 'b', alone: true });
  for (const tile of tiles('c', 2)) add(tile);
  await finish(0);
  await finish(1);
  await finish(2);
  expect(batches.slice(2).map((batch) => batch.tiles.map(({ picture }) => picture))).toEqual([
    ['a', 'a'],
    ['b'],
    ['c', 'c'],
  ]);
});

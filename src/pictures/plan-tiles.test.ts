import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planTiles } from './plan-tiles.js';

const side = fc.integer({ min: 1, max: 500 });
const tileSide = fc.integer({ min: 8, max: 200 });
const grids = fc.record({
  width: side,
  height: side,
  tileWidth: tileSide,
  tileHeight: tileSide,
  overlap: fc.double({ min: 0, max: 0.75, noNaN: true }),
});

/** The distinct starts along one axis, and that every band has the same ones. */
const axesOf = (grid: Parameters<typeof planTiles>[0]) => {
  const bands = planTiles(grid);
  const columns = bands[0]?.map(({ x }) => x) ?? [];
  for (const band of bands) {
    expect(band.map(({ x }) => x)).toEqual(columns);
    expect(new Set(band.map(({ y }) => y)).size).toBe(1);
  }
  return { columns, rows: bands.map((band) => band[0]?.y ?? NaN) };
};

it('covers the picture with whole tiles inside it, and neighbours share at least the overlap', () => {
  fc.assert(
    fc.property(grids, (grid) => {
      const { columns, rows } = axesOf(grid);
      for (const [starts, length, tile] of [
        [columns, grid.width, grid.tileWidth],
        [rows, grid.height, grid.tileHeight],
      ] as const) {
        expect(starts[0]).toBe(0);
        expect((starts.at(-1) ?? NaN) + tile).toBe(Math.max(length, tile));
        for (const [i, start] of starts.slice(1).entries()) {
          const step = start - (starts[i] ?? NaN);
          expect(step).toBeGreaterThan(0);
          expect(step).toBeLessThanOrEqual(tile * (1 - grid.overlap));
        }
      }
    }),
  );
});

it('shifts the border tiles inward', () => {
  const grid = { width: 1200, height: 512, tileWidth: 512, tileHeight: 512, overlap: 0.2 };
  expect(axesOf(grid)).toEqual({ columns: [0, 409, 688], rows: [0] });
});

it('needs one tile for a picture that is no larger', () => {
  const grid = { width: 100, height: 512, tileWidth: 512, tileHeight: 512, overlap: 0.2 };
  expect(planTiles(grid)).toEqual([[{ x: 0, y: 0 }]]);
});

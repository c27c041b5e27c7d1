// Where the tiles of a picture lie.
import { tileStarts } from '../manifest/tile-starts.js';

/** Top left corner in pixels of the picture. */
export interface TilePosition {
  readonly x: number;
  readonly y: number;
}

export interface TileGrid {
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  /** The part of a tile's side that neighbours share at least, below 1. */
  readonly overlap: number;
}

/**
 * Tiles that cover the picture, in bands from top to bottom, each from left to right. The last of a row or column is shifted inward, so
 * that it is whole; where the picture is smaller than a tile, one tile reaches beyond it, to the right or below.
 */
export function planTiles(grid: TileGrid): readonly (readonly TilePosition[])[] {
  const columns = tileStarts(grid.width, grid.tileWidth, grid.overlap);
  const rows = tileStarts(grid.height, grid.tileHeight, grid.overlap);
  return rows.map((y) => columns.map((x) => ({ x, y })));
}

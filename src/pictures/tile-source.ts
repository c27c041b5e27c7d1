// Where a picture's tiles come from.
import type { Detection, Picture } from '../events/picture.js';
import type { TileFrame } from './found-boxes.js';
import type { Tile } from './picture-protocol.js';

export interface TileSource {
  readonly total: number;
  /** Values in one tile. */
  readonly tileLength: number;
  /** Numbers of the tiles, in the order in which their pixels come. Rejects with IMAGE_REJECTED where the file is damaged. */
  tiles(): AsyncIterable<number>;
  frameOf(tile: number): TileFrame;
  /** Writes the values of a tile that has been named. */
  fill(tile: number, values: Tile): Promise<void>;
  /** After the last tile: what the picture was like, once its annotated copy is written where one is wanted. */
  finish(detections: readonly Detection[] | undefined): Promise<Picture>;
  close(): Promise<void>;
}

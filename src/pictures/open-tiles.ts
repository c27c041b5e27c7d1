// A picture's tiles: cut out of its rows as they are decoded, or the whole picture made to fit.
import { openCutTiles } from './cut-tiles.js';
import type { PictureJob } from './picture-protocol.js';
import type { TileSource } from './tile-source.js';
import { openWholePicture } from './whole-picture.js';

/** Rejects with IMAGE_REJECTED. */
export function openTiles(job: PictureJob): Promise<TileSource> {
  return job.image.fit === 'tiles' ? Promise.resolve(openCutTiles(job)) : openWholePicture(job);
}

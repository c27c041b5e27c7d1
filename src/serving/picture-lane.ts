// What serving must know of a model of pictures: which feature is the picture, and how much work one is.
import type { PictureInput } from '../manifest/image-spec.js';
import type { ModelManifest } from '../manifest/model-manifest.js';
import { tileStarts } from '../manifest/tile-starts.js';

export interface PictureLane {
  /** The feature whose value is the id of an upload. */
  readonly feature: string;
  /** How many tensors a picture of so many pixels becomes. */
  tilesOf(width: number, height: number): number;
}

/** Undefined for a model of other things. */
export function pictureLaneOf(
  { features, image }: ModelManifest,
  input: PictureInput | undefined,
): PictureLane | undefined {
  const feature = features.find(({ type }) => type === 'image');
  if (feature === undefined || image === undefined || input === undefined) return undefined;
  const along = (side: number, tile: number) => tileStarts(side, tile, image.overlap).length;
  return {
    feature: feature.name,
    tilesOf: (width, height) =>
      image.fit === 'tiles' ? along(width, input.width) * along(height, input.height) : 1,
  };
}

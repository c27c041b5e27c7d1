// What serving must know of a model of pictures: which feature is the picture, and how much work one is.
import type { ImageSpec, PictureInput } from '../manifest/image-spec.js';
import type { ModelManifest } from '../manifest/model-manifest.js';

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
  return {
    feature: feature.name,
    tilesOf: (width, height) =>
      image.fit === 'tiles' ? along(width, input.width, image) * along(height, input.height, image) : 1,
  };
}

/** Tiles beside each other: the first one, and one for each further stride that is begun. */
function along(side: number, tile: number, { overlap }: ImageSpec): number {
  const stride = Math.max(1, Math.floor(tile * (1 - overlap)));
  return side <= tile ? 1 : 1 + Math.ceil((side - tile) / stride);
}

// The small upright picture that people are shown.
import { decodeError, openPicture, type DecodeLimits } from './open-picture.js';
import { orientationOf, type Orientation, type Size } from './orientation.js';

/** Longest side of an annotated picture, legend included, in pixels. */
export const MAX_SIDE = 1600;
/** What of it the legend may take. */
export const MAX_LEGEND = 120;

/** 8-bit RGB without gaps; an upright pixel `x`, `y` of the original lies at `x * scaleX`, `y * scaleY`. */
export interface Preview extends Size {
  readonly rgb: Uint8Array;
  readonly scaleX: number;
  readonly scaleY: number;
}

/**
 * The preview of a picture file, or of the raw file that it was decoded to, which is read faster than most others are decoded. `file` is of the
 * upright size. Shrunk as it is stored and then turned: to turn it first would take all of its pixels into memory. Rejects with
 * IMAGE_REJECTED as a decoding does.
 */
export async function makePreview(
  path: string,
  file: Size & { readonly orientation: number },
  limits: DecodeLimits,
): Promise<Preview> {
  const scale = Math.min(1, MAX_SIDE / file.width, (MAX_SIDE - MAX_LEGEND) / file.height);
  const width = Math.max(1, Math.round(file.width * scale));
  const height = Math.max(1, Math.round(file.height * scale));
  const orientation = orientationOf(file.orientation, { width, height });
  const { stored } = orientation;
  const pixels = await openPicture(path, limits)
    .resize(stored.width, stored.height, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer()
    .catch((error: unknown) => Promise.reject(decodeError(error)));
  const rgb = new Uint8Array(3 * width * height);
  copyPixels(rgb, pixels, orientation, { width, height });
  return { rgb, width, height, scaleX: width / file.width, scaleY: height / file.height };
}

function copyPixels(
  rgb: Uint8Array,
  pixels: Uint8Array,
  orientation: Orientation,
  { width, height }: Size,
): void {
  const { stored } = orientation;
  const { x, y, right, down } = orientation.walkFrom(0, 0);
  const bytesOf = (step: { readonly x: number; readonly y: number }) => 3 * (step.y * stored.width + step.x);
  const [start, toRight, toDown] = [bytesOf({ x, y }), bytesOf(right), bytesOf(down)];
  for (let row = 0, at = 0; row < height; row += 1) {
    let from = start + row * toDown;
    for (let column = 0; column < width; column += 1, from += toRight) {
      rgb[at++] = pixels[from] ?? 0;
      rgb[at++] = pixels[from + 1] ?? 0;
      rgb[at++] = pixels[from + 2] ?? 0;
    }
  }
}

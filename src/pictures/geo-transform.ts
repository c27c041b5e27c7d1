// Where a picture lies on a map, as far as its file says so.
import type { Geo } from '../events/picture.js';
import { readTiffTags } from './tiff-tags.js';

const ORIENTATION = 274;
const PIXEL_SCALE = 33_550;
const TIEPOINT = 33_922;
const TRANSFORMATION = 34_264;
const KEYS = 34_735;

/**
 * The transform and coordinate reference system of a GeoTIFF (OGC 19-008r4), from its `ModelTransformation`, or its `ModelPixelScale` and
 * first `ModelTiepoint`. Undefined for a file without them, one that is not stored upright, and one that cannot be read; never rejects.
 */
export async function readGeo(path: string): Promise<Geo | undefined> {
  try {
    const tags = await readTiffTags(path, [ORIENTATION, PIXEL_SCALE, TIEPOINT, TRANSFORMATION, KEYS]);
    if ((tags.get(ORIENTATION)?.[0] ?? 1) !== 1) return undefined;
    const keys = tags.get(KEYS) ?? [];
    const transform = transformOf(tags);
    if (transform === undefined) return undefined;
    const crs = crsOf(keys);
    return {
      transform: keyOf(keys, RASTER_TYPE) === PIXEL_IS_POINT ? fromCentres(transform) : transform,
      ...(crs !== undefined && { crs }),
    };
  } catch {
    return undefined;
  }
}

type Transform = Geo['transform'];

function transformOf(tags: ReadonlyMap<number, readonly number[]>): Transform | undefined {
  const transform = ofMatrix(tags.get(TRANSFORMATION)) ?? ofScale(tags.get(PIXEL_SCALE), tags.get(TIEPOINT));
  if (transform === undefined) return undefined;
  const [a, b, , d, e] = transform;
  // What lays all pixels on one line, or nowhere, is no map.
  return transform.every(Number.isFinite) && a * e - b * d !== 0 ? transform : undefined;
}

function ofMatrix(matrix: readonly number[] | undefined): Transform | undefined {
  if (matrix?.length !== 16) return undefined;
  const [a = NaN, b = NaN, , c = NaN, d = NaN, e = NaN, , f = NaN] = matrix;
  return [a, b, c, d, e, f];
}

function ofScale(
  scale: readonly number[] | undefined,
  tiepoint: readonly number[] | undefined,
): Transform | undefined {
  if (scale === undefined || tiepoint === undefined) return undefined;
  const [width = NaN, height = NaN] = scale;
  const [column = NaN, row = NaN, , x = NaN, y = NaN] = tiepoint;
  return [width, 0, x - column * width, 0, -height, y + row * height];
}

/** The same map for a transform that speaks of the centres of pixels as whole numbers. */
function fromCentres([a, b, c, d, e, f]: Transform): Transform {
  return [a, b, c - (a + b) / 2, d, e, f - (d + e) / 2];
}

const RASTER_TYPE = 1025;
const PIXEL_IS_POINT = 2;
const GEOGRAPHIC = 2048;
const PROJECTED = 3072;
// From here on codes are private or say "user-defined".
const NO_EPSG = 32_767;

function crsOf(keys: readonly number[]): string | undefined {
  const code = [keyOf(keys, PROJECTED), keyOf(keys, GEOGRAPHIC)].find(
    (found) => found !== undefined && found > 0 && found < NO_EPSG,
  );
  return code === undefined ? undefined : `EPSG:${code}`;
}

/** The value of a key that is kept in the directory itself: four numbers of version and count, then four for each key. */
function keyOf(keys: readonly number[], wanted: number): number | undefined {
  for (let at = 4; at + 3 < keys.length; at += 4)
    if (keys[at] === wanted && keys[at + 1] === 0) return keys[at + 3];
  return undefined;
}

// Georeferences as GeoTIFF files hold them, and files that only look like it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeArrayBuffer } from 'geotiff';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGeo } from './geo-transform.js';

let folder = '';
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-geo-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const readBytes = async (bytes: Uint8Array) => {
  const path = join(folder, `${String((files += 1))}.tif`);
  await writeFile(path, bytes);
  return readGeo(path);
};
const geoTiff = (metadata: object) =>
  new Uint8Array(
    writeArrayBuffer(new Uint8Array(6), {
      width: 3,
      height: 2,
      ModelPixelScale: [0.5, 0.25, 0],
      ModelTiepoint: [0, 0, 0, 500_000, 4_500_000, 0],
      GTModelTypeGeoKey: 1,
      GTRasterTypeGeoKey: 1,
      ProjectedCSTypeGeoKey: 32_631,
      ...metadata,
    }),
  );

interface Tag {
  readonly tag: number;
  readonly type: 3 | 4 | 12;
  readonly values: readonly number[];
  /** What the file says, if not the truth. */
  readonly count?: number;
}

/** A directory and its values by hand, in either byte order, with 4 or 8 bytes an offset. */
const tiff = (tags: readonly Tag[], { little = true, big = false, entries = tags.length } = {}) => {
  const bytes = new Uint8Array(16 + 8 + 20 * tags.length + 8 * tags.flatMap(({ values }) => values).length);
  const view = new DataView(bytes.buffer);
  const offset = (at: number, value: number) => {
    if (big) view.setBigUint64(at, BigInt(value), little);
    else view.setUint32(at, value, little);
  };
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, big ? 43 : 42, little);
  if (big) view.setUint16(4, 8, little);
  offset(big ? 8 : 4, 16);
  if (big) offset(16, entries);
  else view.setUint16(16, entries, little);
  const [entryBytes, valueAt] = big ? [20, 12] : [12, 8];
  let at = 16 + (big ? 8 : 2);
  let free = at + entryBytes * tags.length;
  for (const { tag, type, values, count = values.length } of tags) {
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, type, little);
    offset(at + 4, count);
    const size = { 3: 2, 4: 4, 12: 8 }[type];
    let to = at + valueAt;
    if (size * values.length > entryBytes - valueAt) {
      offset(to, free);
      to = free;
      free += size * values.length;
    }
    for (const value of values) {
      if (type === 12) view.setFloat64(to, value, little);
      else if (type === 3) view.setUint16(to, value, little);
      else view.setUint32(to, value, little);
      to += size;
    }
    at += entryBytes;
  }
  return bytes;
};

const scale: Tag = { tag: 33_550, type: 12, values: [0.5, 0.25, 0] };
const tiepoint: Tag = { tag: 33_922, type: 12, values: [10, 20, 0, 500_000, 4_500_000, 0] };
const rotation: Tag = { tag: 34_264, type: 12, values: [0, 2, 0, 100, 3, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0, 1] };
const keys = (...values: readonly number[]): Tag => ({ tag: 34_735, type: 3, values });

describe('the georeference', () => {
  it('is that of a scale and a tie point, with the code of its projection', async () => {
    expect(await readBytes(geoTiff({}))).toEqual({
      transform: [0.5, 0, 500_000, 0, -0.25, 4_500_000],
      crs: 'EPSG:32631',
    });
  });

  it('moves by half a pixel where the file speaks of the centres of pixels', async () => {
    const geo = await readBytes(geoTiff({ GTRasterTypeGeoKey: 2 }));
    expect(geo?.transform).toEqual([0.5, 0, 499_999.75, 0, -0.25, 4_500_000.125]);
  });

  it('names a geographic system where there is no projection', async () => {
    const bytes = writeArrayBuffer(new Uint8Array(6), {
      width: 3,
      height: 2,
      ModelPixelScale: [1, 1, 0],
      ModelTiepoint: [0, 0, 0, 0, 0, 0],
      GTModelTypeGeoKey: 2,
      GeographicTypeGeoKey: 4326,
    });
    expect((await readBytes(new Uint8Array(bytes)))?.crs).toBe('EPSG:4326');
  });

  it.each([
    { little: true, big: false },
    { little: false, big: false },
    { little: true, big: true },
    { little: false, big: true },
  ])('is read in any form of file: %o', async (form) => {
    expect(await readBytes(tiff([scale, tiepoint], form))).toEqual({
      transform: [0.5, 0, 499_995, 0, -0.25, 4_500_005],
    });
    expect(await readBytes(tiff([rotation, keys(1, 1, 0, 1, 3072, 0, 1, 2154)], form))).toEqual({
      transform: [0, 2, 100, 3, 0, 200],
      crs: 'EPSG:2154',
    });
  });

  it('has no code where the file has one of its own', async () => {
    const geo = await readBytes(tiff([rotation, keys(1, 1, 0, 1, 3072, 0, 1, 32_767)]));
    expect(geo).toEqual({ transform: [0, 2, 100, 3, 0, 200] });
  });
});

describe('no georeference', () => {
  it.each([
    [
      'a picture without one',
      () =>
        sharp({ create: { width: 3, height: 2, channels: 3, background: 'red' } })
          .tiff()
          .toBuffer(),
    ],
    [
      'another format',
      () =>
        sharp({ create: { width: 3, height: 2, channels: 3, background: 'red' } })
          .jpeg()
          .toBuffer(),
    ],
    ['nothing at all', () => new Uint8Array(0)],
    ['a scale without a tie point', () => tiff([scale])],
    ['tie points without a scale', () => tiff([tiepoint])],
    ['one that is not upright', () => tiff([{ tag: 274, type: 3, values: [6] }, scale, tiepoint])],
    ['a scale of zero', () => tiff([{ ...scale, values: [0, 0, 0] }, tiepoint])],
    ['a place that is no number', () => tiff([scale, { ...tiepoint, values: [0, 0, 0, NaN, 0, 0] }])],
    ['values beyond the end', () => tiff([{ ...scale, count: 4000 }, tiepoint])],
    ['more values than memory', () => tiff([{ ...scale, count: 4_000_000_000 }, tiepoint])],
    ['more entries than memory', () => tiff([scale, tiepoint], { big: true, entries: 2 ** 52 })],
    ['more entries than the file', () => tiff([scale, tiepoint], { entries: 4000 })],
    ['a file cut short', () => geoTiff({}).subarray(0, 200)],
  ])('in %s', async (_, bytes) => {
    const start = performance.now();
    expect(await readBytes(await bytes())).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('in a file that is not there', async () => {
    expect(await readGeo(join(folder, 'nowhere.tif'))).toBeUndefined();
  });
});

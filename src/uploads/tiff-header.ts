// The pages of a TIFF: the size of the first, that the others only repeat it, and that its pixels are all there (TIFF 6.0).
import { cutOff, type FileWindow } from './file-window.js';
import type { PictureHeader } from './picture-header.js';
import { rejected } from './rejected.js';
import { BLOCK, brokenTiff, openTiff, type TiffDirectory, type TiffReader } from './tiff-directory.js';

const TAG = {
  newSubfileType: 254,
  subfileType: 255,
  width: 256,
  height: 257,
  compression: 259,
  stripOffsets: 273,
  channels: 277,
  rowsPerStrip: 278,
  stripBytes: 279,
  planar: 284,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileBytes: 325,
  dngVersion: 50706,
} as const;
const REDUCED = 1;
const MASK = 4;
const MAX_PAGES = 64;
const MAX_PARTS = 2_000_000;
const MAX_CHANNELS = 16;
const MAX_TILE_PIXELS = 64 * 1024 * 1024;
/** None, CCITT, LZW, JPEG, Deflate, PackBits and WebP: what the decoder is built with. */
const COMPRESSIONS = [1, 2, 3, 4, 5, 7, 8, 32773, 32946, 50001];

/** Walks all directories; throws IMAGE_REJECTED for several pages, camera raw, and for what is broken or cut off. */
export async function readTiffHeader(file: FileWindow): Promise<PictureHeader> {
  const tiff = await openTiff(file);
  const page = await tiff.directory(tiff.first);
  await checkOtherPages(tiff, page.next);
  if (page.entries.has(TAG.dngVersion)) throw rejected('The TIFF is a camera raw (DNG); develop it first.');
  const value = (tag: number, fallback: number) => tiff.number(page.entries.get(tag), fallback);
  const compression = await value(TAG.compression, 1);
  if (!COMPRESSIONS.includes(compression))
    throw rejected(`The TIFF is compressed by method ${compression}; use Deflate, LZW, JPEG or none.`);
  const channels = await value(TAG.channels, 1);
  if (channels < 1 || channels > MAX_CHANNELS) throw rejected(`The TIFF has ${channels} channels.`);
  const width = await value(TAG.width, 0);
  const height = await value(TAG.height, 0);
  const planes = (await value(TAG.planar, 1)) === 2 ? channels : 1;
  if (width > 0 && height > 0) await checkParts(file, tiff, page, { width, height, planes });
  return { width, height, wholeInMemory: false };
}

/** Further pages may only be smaller copies of the first, as pyramids have, or masks. */
async function checkOtherPages(tiff: TiffReader, next: number): Promise<void> {
  const seen = new Set<number>();
  for (let at = next; at !== 0;) {
    if (seen.has(at) || seen.size >= MAX_PAGES) throw brokenTiff();
    seen.add(at);
    const { entries, next: following } = await tiff.directory(at);
    const kind = await tiff.number(entries.get(TAG.newSubfileType), 0);
    const oldKind = await tiff.number(entries.get(TAG.subfileType), 1);
    if ((kind & (REDUCED | MASK)) === 0 && oldKind !== 2)
      throw rejected('The TIFF has several pages; send one picture a file.');
    at = following;
  }
}

interface Area {
  readonly width: number;
  readonly height: number;
  readonly planes: number;
}

/** Whether there are as many strips or tiles as the picture has, each of them within the file. */
async function checkParts(
  file: FileWindow,
  tiff: TiffReader,
  { entries }: TiffDirectory,
  { width, height, planes }: Area,
): Promise<void> {
  const isTiled = entries.has(TAG.tileWidth);
  const offsets = entries.get(isTiled ? TAG.tileOffsets : TAG.stripOffsets);
  const lengths = entries.get(isTiled ? TAG.tileBytes : TAG.stripBytes);
  const partWidth = isTiled ? await tiff.number(entries.get(TAG.tileWidth), 0) : width;
  const tag = isTiled ? TAG.tileHeight : TAG.rowsPerStrip;
  const partHeight = await tiff.number(entries.get(tag), isTiled ? 0 : height);
  if (offsets === undefined || partWidth < 1 || partHeight < 1) throw brokenTiff();
  if (isTiled && partWidth * partHeight > MAX_TILE_PIXELS)
    throw rejected('The tiles of the TIFF are too large.');
  const parts = Math.ceil(width / partWidth) * Math.ceil(height / partHeight) * planes;
  if (parts > MAX_PARTS) throw rejected('The TIFF is cut into too many pieces.');
  if (offsets.count < parts) throw cutOff();
  for (let from = 0; from < parts; from += BLOCK) {
    const to = Math.min(from + BLOCK, parts);
    const starts = await tiff.numbers(offsets, from, to);
    const sizes = await tiff.numbers(lengths, from, to);
    if (starts.length < to - from) throw brokenTiff();
    if (starts.some((start, i) => start + (sizes[i] ?? 1) > file.sizeBytes)) throw cutOff();
  }
}

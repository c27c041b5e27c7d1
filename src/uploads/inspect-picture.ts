// Finds out what a file is before anybody decodes it: a still picture of a format and size that is taken, and all there.
import { open } from 'node:fs/promises';
import sharp from 'sharp';
import { AppError } from '../errors.js';
import { type FileWindow, openWindow } from './file-window.js';
import { readJpegHeader } from './jpeg-header.js';
import { foreignNameOf, formatOf, HEAD_BYTES, isText, type PictureFormat } from './picture-format.js';
import type { PictureHeader } from './picture-header.js';
import { readPngHeader } from './png-header.js';
import { rejected } from './rejected.js';
import { readTiffHeader } from './tiff-header.js';
import { readWebpHeader } from './webp-header.js';

export interface PictureLimits {
  readonly maxPixels: number;
}

export interface PictureFacts {
  readonly format: PictureFormat;
  /** Pixels of the upright picture. */
  readonly width: number;
  readonly height: number;
  /** 1 to 8 as EXIF counts; from 5 on, width and height are stored the other way round. */
  readonly orientation: number;
  readonly sizeBytes: number;
}

/** A picture whose decoder needs all of it at once (progressive JPEG, interlaced PNG, WebP) may not be larger, whatever is allowed. */
export const MAX_PIXELS_AT_ONCE = 100_000_000;
const MAX_SIDE = 250_000;
const MAX_ASPECT = 500;

const READERS: Readonly<Record<PictureFormat, (file: FileWindow) => Promise<PictureHeader>>> = {
  jpeg: readJpegHeader,
  png: readPngHeader,
  webp: readWebpHeader,
  tiff: readTiffHeader,
};

/** Reads headers only, in bounded time and memory whatever the file holds; throws IMAGE_REJECTED with a sentence that says why. */
export async function inspectPicture(path: string, limits: PictureLimits): Promise<PictureFacts> {
  const { format, header, sizeBytes } = await readHeaders(path);
  checkSize(header, limits.maxPixels);
  const orientation = await askDecoder(path, header, limits.maxPixels);
  const isTurned = orientation >= 5;
  return {
    format,
    width: isTurned ? header.height : header.width,
    height: isTurned ? header.width : header.height,
    orientation,
    sizeBytes,
  };
}

/** The refusal of bytes that begin like none of the formats. */
export function notAPicture(head: Buffer): AppError {
  const name = foreignNameOf(head) ?? (isText(head) ? 'text' : undefined);
  const taken = 'pictures are taken as JPEG, PNG, WebP and TIFF.';
  return rejected(
    name === undefined ? `The file is not a picture; ${taken}` : `The file is ${name}; ${taken}`,
  );
}

async function readHeaders(path: string) {
  const handle = await open(path, 'r');
  try {
    const sizeBytes = (await handle.stat()).size;
    if (sizeBytes === 0) throw rejected('The file is empty.');
    const file = openWindow(handle, sizeBytes);
    const head = await file.bytes(0, Math.min(HEAD_BYTES, sizeBytes));
    const format = formatOf(head);
    if (format === undefined) throw notAPicture(head);
    return { format, header: await READERS[format](file), sizeBytes };
  } finally {
    await handle.close();
  }
}

function checkSize({ width, height, wholeInMemory }: PictureHeader, maxPixels: number): void {
  if (width < 1 || height < 1) throw rejected('The picture has no pixels.');
  const pixels = width * height;
  const said = `The picture has ${width} x ${height} pixels`;
  if (pixels > maxPixels) throw rejected(`${said}; at most ${maxPixels} are allowed.`);
  if (wholeInMemory && pixels > MAX_PIXELS_AT_ONCE)
    throw rejected(
      `${said}; at most ${MAX_PIXELS_AT_ONCE} are allowed of a progressive JPEG, an interlaced PNG or a WebP.`,
    );
  const [short, long] = width < height ? [width, height] : [height, width];
  if (long > MAX_SIDE || long > short * MAX_ASPECT) throw rejected(`${said}, which is no picture.`);
}

/** A second opinion from the decoder, and the orientation it reads from EXIF or TIFF. */
async function askDecoder(path: string, header: PictureHeader, maxPixels: number): Promise<number> {
  const options = { failOn: 'error', limitInputPixels: maxPixels, unlimited: false } as const;
  const metadata = await sharp(path, options)
    .metadata()
    .catch((cause: unknown) => {
      throw rejected('The picture is broken: it cannot be decoded.', cause);
    });
  if (metadata.width !== header.width || metadata.height !== header.height)
    throw rejected('The picture is broken: its headers contradict each other.');
  const { orientation = 1 } = metadata;
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

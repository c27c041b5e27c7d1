// Pictures for tests, made here: good ones of every format, and the pieces of bad ones.
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

/** A photograph-like picture of 64 x 48 pixels, its noise always the same, to be encoded. */
export function scene(width = 64, height = 48): Sharp {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7 + ((i * i) % 61)) % 256);
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

export const PNG_MAGIC = Buffer.from('89504e470d0a1a0a', 'hex');

export function pngChunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

interface PngParts {
  readonly width: number;
  readonly height: number;
  readonly depth?: number;
  readonly interlaced?: boolean;
  readonly data?: Buffer;
  /** Chunks before the pixels. */
  readonly before?: readonly Buffer[];
}

/** A greyscale PNG whose header says what it is told to. */
export function png({ width, height, depth = 8, interlaced = false, data, before = [] }: PngParts): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(depth, 8);
  header.writeUInt8(interlaced ? 1 : 0, 12);
  const pixels = pngChunk('IDAT', data ?? deflateSync(Buffer.alloc(1000)));
  return Buffer.concat([PNG_MAGIC, pngChunk('IHDR', header), ...before, pixels, pngChunk('IEND')]);
}

export function webpChunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

export function webp(...chunks: readonly Buffer[]): Buffer {
  return webpChunk('RIFF', Buffer.concat([Buffer.from('WEBP'), ...chunks]));
}

/** Tag, type (3 SHORT, 4 LONG), count and value or offset. */
export type TiffTag = readonly [tag: number, type: number, count: number, value: number];

/** A page of 8 x 8 grey pixels that lie at offset 8; later tags win. */
export function tiffPage(...tags: readonly TiffTag[]): readonly TiffTag[] {
  const plain: TiffTag[] = [
    [256, 3, 1, 8],
    [257, 3, 1, 8],
    [258, 3, 1, 8],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [273, 4, 1, 8],
    [277, 3, 1, 1],
    [278, 3, 1, 8],
    [279, 4, 1, 64],
  ];
  const all = new Map([...plain, ...tags].map((tag) => [tag[0], tag]));
  return [...all.values()].sort((a, b) => a[0] - b[0]);
}

/** A little-endian TIFF of these pages; with `loop` the last one points to the first again. */
export function tiff(pages: readonly (readonly TiffTag[])[], { loop = false } = {}): Buffer {
  const sizes = pages.map((tags) => 2 + tags.length * 12 + 4);
  const starts = sizes.map((_, i) => 72 + sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
  const file = Buffer.alloc(72 + sizes.reduce((sum, size) => sum + size, 0));
  file.write('II*\0', 'latin1');
  file.writeUInt32LE(72, 4);
  pages.forEach((tags, page) => {
    const at = starts[page] ?? 0;
    file.writeUInt16LE(tags.length, at);
    tags.forEach(([tag, type, count, value], i) => {
      const entry = at + 2 + i * 12;
      file.writeUInt16LE(tag, entry);
      file.writeUInt16LE(type, entry + 2);
      file.writeUInt32LE(count, entry + 4);
      file.writeUInt32LE(value, entry + 8);
    });
    file.writeUInt32LE(starts[page + 1] ?? (loop ? 72 : 0), at + 2 + tags.length * 12);
  });
  return file;
}

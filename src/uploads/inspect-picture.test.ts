// Good pictures of every kind are known for what they are; hostile ones are refused at once, in bounded memory, whatever they are called.
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  png,
  PNG_MAGIC,
  pngChunk,
  scene,
  tiff,
  tiffPage,
  webp,
  webpChunk,
} from '../../test/support/made-pictures.js';
import { AppError } from '../errors.js';
import { inspectPicture } from './inspect-picture.js';

const LIMITS = { maxPixels: 500_000_000 };
const MIB = 1024 * 1024;

let dir: string;
let files = 0;
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'vigie-inspect-'))));
afterAll(() => rm(dir, { recursive: true, force: true }));

async function inspect(bytes: Buffer, limits = LIMITS) {
  const path = join(dir, `${++files}.png`);
  await writeFile(path, bytes);
  try {
    return await inspectPicture(path, limits);
  } finally {
    await rm(path);
  }
}

/** What it was refused with; under a second of the processor and little memory must have gone into that. */
async function refusal(look: Promise<unknown>): Promise<AppError> {
  const before = process.memoryUsage().rss;
  const cpu = process.cpuUsage();
  const error = await look.catch((reason: unknown) => reason);
  const { user, system } = process.cpuUsage(cpu);
  expect((user + system) / 1000).toBeLessThan(1000);
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * MIB);
  if (error instanceof AppError) return error;
  throw new Error(`was taken, or failed otherwise: ${JSON.stringify(error)}`);
}

const cut = (bytes: Buffer, share: number) => bytes.subarray(0, Math.floor(bytes.length * share));
const jpeg = () => scene().jpeg().toBuffer();
const zip = Buffer.from('PK\x03\x04 and the rest of an archive', 'latin1');

/** A JPEG whose frame header says another size. */
async function jpegOf(width: number, height: number): Promise<Buffer> {
  const bytes = await jpeg();
  const frame = bytes.indexOf(Buffer.from('ffc0', 'hex'));
  bytes.writeUInt16BE(height, frame + 5);
  bytes.writeUInt16BE(width, frame + 7);
  return bytes;
}

async function jpegWithSegments(count: number): Promise<Buffer> {
  const bytes = await jpeg();
  const segment = Buffer.concat([Buffer.from('ffe1fffd', 'hex'), Buffer.alloc(0xfffd - 2)]);
  return Buffer.concat([
    bytes.subarray(0, 2),
    ...Array.from({ length: count }, () => segment),
    bytes.subarray(2),
  ]);
}

/** Lossless, and of nothing: such a file stays this small whatever its size. */
const losslessHeader = (side: number) => {
  const data = Buffer.alloc(20);
  data.writeUInt8(0x2f);
  data.writeUInt32LE(((side - 1) << 14) | (side - 1), 1);
  return webp(webpChunk('VP8L', data));
};
const textBomb = pngChunk(
  'zTXt',
  Buffer.concat([Buffer.from('bomb\0\0', 'latin1'), deflateSync(Buffer.alloc(7 * MIB))]),
);

describe('a hostile file is refused', () => {
  it.each<[string, RegExp, () => Buffer | Promise<Buffer>]>([
    ['a PNG of 50000 x 50000', /50000 x 50000 pixels/, () => png({ width: 50_000, height: 50_000 })],
    ['a JPEG of 65500 x 65500', /65500 x 65500 pixels/, () => jpegOf(65_500, 65_500)],
    [
      'a TIFF of a million by a million',
      /1000000 x 1000000 pixels/,
      () => tiff([tiffPage([256, 4, 1, 1_000_000], [257, 4, 1, 1_000_000], [278, 4, 1, 1_000_000])]),
    ],
    ['a WebP of 16383 x 16383 in 40 bytes', /16383 x 16383 pixels/, () => losslessHeader(16_383)],
    [
      'an interlaced PNG that only memory could hold',
      /interlaced PNG/,
      () => png({ width: 20_000, height: 20_000, depth: 1, interlaced: true }),
    ],
    ['a PNG of one row', /no picture/, () => png({ width: 200_000, height: 1 })],
    ['a PNG without width', /no pixels/, () => png({ width: 0, height: 9 })],
    ['a JPEG without height', /no pixels/, () => jpegOf(9, 0)],
    ['texts that swell', /texts/, () => png({ width: 9, height: 9, before: Array(40).fill(textBomb) })],
    ['a JPEG of headers alone', /more beside/, () => jpegWithSegments(600)],
    [
      'a TIFF with a tag of 40 MB',
      /more beside/,
      () => Buffer.concat([tiff([tiffPage([65_000, 1, 40 * MIB, 8])]), Buffer.alloc(41 * MIB)]),
    ],
    ['an SVG', /an SVG/, () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['an SVG behind a prolog', /an SVG/, () => Buffer.from('\ufeff \n<?xml version="1.0"?>\n<svg/>')],
    ['a GIF', /a GIF/, () => scene().gif().toBuffer()],
    ['an AVIF', /AVIF/, () => scene().avif({ effort: 0 }).toBuffer()],
    ['a PDF', /a PDF/, () => Buffer.from('%PDF-1.7\n')],
    ['text', /is text/, () => Buffer.from('not a picture at all, çà alors\n')],
    ['a page', /an HTML page/, () => Buffer.from('\n<!DOCTYPE html><script>alert(1)</script>')],
    ['nothing', /empty/, () => Buffer.alloc(0)],
    ['noise', /not a picture/, () => Buffer.from('00ff0102030405060708090a0b0c', 'hex')],
    [
      'a page behind the magic of PNG',
      /broken/,
      () => Buffer.concat([PNG_MAGIC, Buffer.from('<html>'.repeat(9))]),
    ],
    [
      'an archive behind a PNG',
      /something else/,
      async () => Buffer.concat([await scene().png().toBuffer(), zip]),
    ],
    ['an archive behind a JPEG', /an archive/, async () => Buffer.concat([await jpeg(), zip])],
    [
      'an archive behind a WebP',
      /something else/,
      async () => Buffer.concat([await scene().webp().toBuffer(), zip]),
    ],
    [
      'an animated WebP',
      /animated/,
      () => webp(webpChunk('VP8X', Buffer.from('02000000070000070000', 'hex'))),
    ],
    ['a WebP with frames', /animated/, () => webp(webpChunk('ANMF', Buffer.alloc(24)))],
    ['an APNG', /animated/, () => png({ width: 8, height: 8, before: [pngChunk('acTL', Buffer.alloc(8))] })],
    ['a TIFF of two pages', /several pages/, () => tiff([tiffPage(), tiffPage()])],
    [
      'a TIFF whose pages go round',
      /several pages|broken/,
      () => tiff([tiffPage([254, 4, 1, 1])], { loop: true }),
    ],
    ['a camera raw', /camera raw/, () => tiff([tiffPage([50_706, 1, 4, 1])])],
    ['a TIFF compressed by Zstandard', /method 50000/, () => tiff([tiffPage([259, 3, 1, 50_000])])],
    ['a TIFF of 60000 channels', /60000 channels/, () => tiff([tiffPage([277, 3, 1, 60_000])])],
    ['a TIFF whose pixels lie beyond it', /cut off/, () => tiff([tiffPage([273, 4, 1, 1_000_000])])],
    ['a TIFF whose directory lies beyond it', /cut off/, () => Buffer.from('49492a00ffffff00', 'hex')],
    ['a TIFF with too few strips', /cut off/, () => tiff([tiffPage([278, 3, 1, 1])])],
    ['a JPEG without its second half', /cut off/, async () => cut(await jpeg(), 0.6)],
    ['a PNG without its second half', /cut off/, async () => cut(await scene().png().toBuffer(), 0.6)],
    ['a WebP without its second half', /cut off/, async () => cut(await scene().webp().toBuffer(), 0.6)],
    ['a TIFF without its second half', /cut off/, async () => cut(await scene().tiff().toBuffer(), 0.6)],
    ['a JPEG without its last two bytes', /cut off/, async () => (await jpeg()).subarray(0, -2)],
    [
      'a PNG without its last chunk',
      /cut off/,
      async () => (await scene().png().toBuffer()).subarray(0, -12),
    ],
    ['twenty bytes of a JPEG', /cut off/, async () => (await jpeg()).subarray(0, 20)],
  ])('%s', async (_name, sentence, make) => {
    const error = await refusal(inspect(await make()));
    expect(error.code).toBe('IMAGE_REJECTED');
    expect(error.message).toMatch(sentence);
  });

  it('within a second also when it is as large as an upload may be', async () => {
    const path = join(dir, 'large');
    for (const bytes of [
      await jpeg(),
      await scene().png().toBuffer(),
      tiff([tiffPage([273, 4, 1, 300 * MIB])]),
    ]) {
      await writeFile(path, cut(bytes, 0.9));
      await truncate(path, 256 * MIB);
      expect((await refusal(inspectPicture(path, LIMITS))).code).toBe('IMAGE_REJECTED');
    }
  });

  it('only for its pixels, which are never decoded here, when they are within bounds', async () => {
    const data = deflateSync(Buffer.alloc((20_000 / 8 + 1) * 20_000));
    const before = process.memoryUsage().rss;
    const facts = await inspect(png({ width: 20_000, height: 20_000, depth: 1, data }));
    expect(facts).toMatchObject({ width: 20_000, height: 20_000 });
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MIB);
    const little = { maxPixels: 3000 };
    await expect(inspect(await jpeg(), little)).rejects.toMatchObject({ code: 'IMAGE_REJECTED' });
  });
});

describe('a good picture is known for what it is', () => {
  const turned = { width: 48, height: 64, orientation: 6 };
  const plain = { width: 64, height: 48, orientation: 1 };
  it.each<[string, object, () => Promise<Buffer>]>([
    ['a JPEG', { format: 'jpeg', ...plain }, jpeg],
    [
      'a progressive JPEG',
      { format: 'jpeg', ...plain },
      () => scene().jpeg({ progressive: true }).toBuffer(),
    ],
    [
      'a turned JPEG',
      { format: 'jpeg', ...turned },
      () => scene().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    ],
    ['a CMYK JPEG', { format: 'jpeg', ...plain }, () => scene().toColourspace('cmyk').jpeg().toBuffer()],
    ['a grey JPEG', { format: 'jpeg', ...plain }, () => scene().greyscale().jpeg().toBuffer()],
    [
      'a JPEG with zeros behind it',
      { format: 'jpeg', ...plain },
      async () => Buffer.concat([await jpeg(), Buffer.alloc(900)]),
    ],
    [
      'a JPEG with another behind it',
      { format: 'jpeg', ...plain },
      async () => Buffer.concat([await jpeg(), await jpeg(), Buffer.from('trailer')]),
    ],
    ['a PNG', { format: 'png', ...plain }, () => scene().png().toBuffer()],
    ['a PNG of 16 bits', { format: 'png', ...plain }, () => scene().toColourspace('rgb16').png().toBuffer()],
    ['a PNG with a palette', { format: 'png', ...plain }, () => scene().png({ palette: true }).toBuffer()],
    [
      'an interlaced PNG with alpha',
      { format: 'png', ...plain },
      () => scene().ensureAlpha(0.5).png({ progressive: true }).toBuffer(),
    ],
    [
      'a turned PNG',
      { format: 'png', ...turned },
      () => scene().withMetadata({ orientation: 6 }).png().toBuffer(),
    ],
    ['a WebP', { format: 'webp', ...plain }, () => scene().webp().toBuffer()],
    [
      'a lossless WebP with alpha',
      { format: 'webp', ...plain },
      () => scene().ensureAlpha(0.5).webp({ lossless: true }).toBuffer(),
    ],
    [
      'a turned WebP',
      { format: 'webp', ...turned },
      () => scene().withMetadata({ orientation: 6 }).webp().toBuffer(),
    ],
    ['a TIFF', { format: 'tiff', ...plain }, () => scene().tiff().toBuffer()],
    [
      'a turned TIFF',
      { format: 'tiff', ...turned },
      () => scene().withMetadata({ orientation: 6 }).tiff().toBuffer(),
    ],
    [
      'a pyramid of tiles',
      { format: 'tiff', width: 600, height: 500 },
      () => scene(600, 500).tiff({ tile: true, pyramid: true, compression: 'deflate' }).toBuffer(),
    ],
    [
      'a BigTIFF',
      { format: 'tiff', ...plain },
      () => scene().tiff({ bigtiff: true, compression: 'lzw' }).toBuffer(),
    ],
    [
      'a TIFF with a mask',
      { format: 'tiff', width: 8, height: 8 },
      () => Promise.resolve(tiff([tiffPage(), tiffPage([254, 4, 1, 4])])),
    ],
  ])('%s', async (_name, facts, make) => {
    const bytes = await make();
    expect(await inspect(bytes)).toMatchObject({ ...facts, sizeBytes: bytes.length });
  });
});

describe('whatever follows a good beginning, it is known or refused', () => {
  const settle = async (bytes: Buffer) => {
    const error: unknown = await inspect(bytes).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error !== undefined) expect(error).toMatchObject({ code: 'IMAGE_REJECTED' });
  };
  const magics = [
    'ffd8ff',
    '89504e470d0a1a0a',
    '52494646ffff000057454250',
    '49492a0008000000',
    '4d4d002a00000008',
    '49492b00080000001000000000000000',
  ];

  it('noise', async () => {
    const noise = fc.tuple(fc.constantFrom(...magics), fc.uint8Array({ maxLength: 400 }));
    await fc.assert(
      fc.asyncProperty(noise, ([magic, bytes]) => settle(Buffer.concat([Buffer.from(magic, 'hex'), bytes]))),
      { numRuns: 300 },
    );
  });

  it('a good picture with some bytes changed', async () => {
    const good = await Promise.all([
      jpeg(),
      scene().png().toBuffer(),
      scene().webp().toBuffer(),
      scene().tiff({ compression: 'lzw' }).toBuffer(),
    ]);
    const change = fc.record({
      original: fc.constantFrom(...good),
      places: fc.array(fc.tuple(fc.nat({ max: 600 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(change, ({ original, places }) => {
        const bytes = Buffer.from(original);
        for (const [at, value] of places) bytes[at % bytes.length] = value;
        return settle(bytes);
      }),
      { numRuns: 300 },
    );
  });
});

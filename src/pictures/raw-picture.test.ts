// Every kind of picture becomes three bytes a pixel, is read while it is decoded, and fails as a whole when it is damaged.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRawReader, decodeToRaw } from './raw-picture.js';

const WIDTH = 40;
const HEIGHT = 30;
const LIMITS = { pixels: 100_000_000, seconds: 30 };
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-pictures-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A picture of one colour, so that lossy formats keep it. */
const plain = (background: { r: number; g: number; b: number; alpha?: number }, channels: 3 | 4 = 3) =>
  sharp({ create: { width: WIDTH, height: HEIGHT, channels, background } });
const COLOUR = { r: 200, g: 100, b: 50 };

const decode = async (name: string, bytes: Uint8Array, limits = LIMITS) => {
  const path = join(folder, name);
  await writeFile(path, bytes);
  const { done } = decodeToRaw(path, `${path}.v`, limits);
  return {
    reader: (width = WIDTH, height = HEIGHT) => createRawReader(`${path}.v`, { width, height, done }),
    done,
  };
};

const grey = { r: 120, g: 120, b: 120 };
const pictures: readonly [string, () => Promise<Buffer>, readonly number[]][] = [
  ['JPEG', () => plain(COLOUR).jpeg({ quality: 100 }).toBuffer(), [200, 100, 50]],
  [
    'progressive JPEG',
    () => plain(COLOUR).jpeg({ quality: 100, progressive: true }).toBuffer(),
    [200, 100, 50],
  ],
  [
    'WebP with alpha',
    () =>
      plain({ ...COLOUR, alpha: 0 }, 4)
        .webp({ lossless: true })
        .toBuffer(),
    [114, 114, 114],
  ],
  [
    'PNG with alpha',
    () =>
      plain({ ...COLOUR, alpha: 0.5 }, 4)
        .png()
        .toBuffer(),
    [157, 107, 82],
  ],
  ['greyscale PNG', () => plain(grey).toColourspace('b-w').png().toBuffer(), [120, 120, 120]],
  ['greyscale JPEG', () => plain(grey).toColourspace('b-w').jpeg().toBuffer(), [120, 120, 120]],
  [
    'greyscale PNG with alpha',
    () =>
      plain({ ...grey, alpha: 0 }, 4)
        .toColourspace('b-w')
        .png()
        .toBuffer(),
    [114, 114, 114],
  ],
  ['16-bit PNG', () => plain(COLOUR).toColourspace('rgb16').png().toBuffer(), [200, 100, 50]],
  ['16-bit greyscale PNG', () => plain(grey).toColourspace('grey16').png().toBuffer(), [120, 120, 120]],
  ['palette PNG', () => plain(COLOUR).png({ palette: true }).toBuffer(), [200, 100, 50]],
  ['CMYK JPEG', () => plain(grey).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer(), [120, 120, 120]],
  ['CMYK TIFF', () => plain(grey).toColourspace('cmyk').tiff().toBuffer(), [120, 120, 120]],
  ['TIFF', () => plain(COLOUR).tiff({ compression: 'lzw', tile: true }).toBuffer(), [200, 100, 50]],
  [
    'bilevel TIFF',
    () => plain({ r: 255, g: 255, b: 255 }).toColourspace('b-w').tiff({ bitdepth: 1 }).toBuffer(),
    [255, 255, 255],
  ],
];

it.each(pictures)('makes three bytes a pixel of a %s', async (name, bytes, [r = NaN, g = NaN, b = NaN]) => {
  const { reader } = await decode(name, await bytes());
  const { rows, close } = reader();
  const pixels = await rows(HEIGHT - 2, HEIGHT);
  expect(pixels).toHaveLength(2 * 3 * WIDTH);
  // Colour profiles of print and lossy files differ by a little.
  const near = name.startsWith('CMYK') ? 20 : 2;
  for (const [channel, value] of [r, g, b].entries())
    expect(Math.abs((pixels[3 * WIDTH + 3 + channel] ?? NaN) - value)).toBeLessThanOrEqual(near);
  await close();
});

describe('the reader', () => {
  it('gives rows in any order, each as it was stored', async () => {
    const random = Buffer.from(Array.from({ length: 3 * WIDTH * HEIGHT }, (_, i) => (i * i * 31) % 251));
    const stored = sharp(random, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
    // The orientation is left to whoever cuts the tiles.
    const { reader } = await decode(
      'rows.png',
      await stored.png().withMetadata({ orientation: 6 }).toBuffer(),
    );
    const { rows, close } = reader();
    for (const [from, to] of [
      [0, 10],
      [5, HEIGHT],
      [0, HEIGHT],
      [3, 4],
    ] as const)
      expect(Buffer.from(await rows(from, to))).toEqual(random.subarray(3 * WIDTH * from, 3 * WIDTH * to));
    await close();
  });

  it('gives the first rows of a large picture before the last are decoded', async () => {
    const large = sharp({ create: { width: 3000, height: 6000, channels: 3, background: COLOUR } });
    const { reader, done } = await decode('large.jpg', await large.jpeg().toBuffer());
    const { rows, close } = reader(3000, 6000);
    const order: string[] = [];
    const first = rows(0, 100).then(() => order.push('first rows'));
    await Promise.all([first, done.then(() => order.push('all decoded'))]);
    expect(order).toEqual(['first rows', 'all decoded']);
    expect(await rows(5990, 6000)).toHaveLength(10 * 3 * 3000);
    await close();
  });

  it('says when the picture is of another size than it was told', async () => {
    const { reader } = await decode('size.png', await plain(COLOUR).png().toBuffer());
    const { rows, close } = reader(HEIGHT, WIDTH);
    await expect(rows(0, 1)).rejects.toThrow('holds 40 x 30 pixels, expected are 30 x 40');
    await close();
  });
});

describe('what is refused', () => {
  const noisy = () =>
    sharp({
      create: {
        width: 800,
        height: 600,
        channels: 3,
        background: COLOUR,
        noise: { type: 'gaussian', mean: 128, sigma: 30 },
      },
    });

  it.each(['jpeg', 'png', 'webp', 'tiff'] as const)(
    'a %s that is cut short, for the reader too',
    async (format) => {
      const whole = await noisy().toFormat(format).toBuffer();
      const { reader, done } = await decode(`cut.${format}`, whole.subarray(0, whole.length * 0.6));
      const { rows, close } = reader(800, 600);
      await expect(done).rejects.toMatchObject({ code: 'IMAGE_REJECTED' });
      await expect(rows(0, 600)).rejects.toMatchObject({ code: 'IMAGE_REJECTED' });
      await close();
    },
  );

  it('text, and a picture over the limit of pixels', async () => {
    const text = await decode('text.png', Buffer.from('no picture'));
    await expect(text.done).rejects.toMatchObject({
      code: 'IMAGE_REJECTED',
      message: 'The picture is of a kind that this server cannot read.',
    });
    const bomb = await decode('bomb.png', await plain(COLOUR).png().toBuffer(), { ...LIMITS, pixels: 1000 });
    await expect(bomb.done).rejects.toMatchObject({
      code: 'IMAGE_REJECTED',
      message: 'The picture has more pixels than this server accepts.',
    });
  });

  it('not the picture when the disk is at fault', async () => {
    const path = join(folder, 'fine.png');
    await writeFile(path, await plain(COLOUR).png().toBuffer());
    await expect(decodeToRaw(path, join(folder, 'nowhere', 'x.v'), LIMITS).done).rejects.not.toHaveProperty(
      'code',
    );
  });
});

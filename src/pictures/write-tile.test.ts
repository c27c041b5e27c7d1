// Tiles against what sharp makes of the same pixels, and their values in the order in which models take them.
import fc from 'fast-check';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { imageSchema, type ImageSpec, type PictureInput } from '../manifest/image-spec.js';
import { orientationOf, type Rectangle } from './orientation.js';
import { createTileWriter } from './write-tile.js';

const STORED = { width: 23, height: 17 };
const PIXELS = Uint8Array.from(
  { length: 3 * STORED.width * STORED.height },
  (_, i) => (i * 37 + (i >> 5)) % 256,
);

it.each([1, 2, 3, 4, 5, 6, 7, 8])('cuts upright tiles of orientation %i from stored rows', async (number) => {
  const stored = sharp(PIXELS, { raw: { ...STORED, channels: 3 } });
  const png = await stored.png().withMetadata({ orientation: number }).toBuffer();
  const { data, info } = await sharp(png).autoOrient().raw().toBuffer({ resolveWithObject: true });
  const orientation = orientationOf(number, info);
  expect(orientation.stored).toMatchObject(STORED);
  const sides = fc.record({
    x: fc.integer({ min: 0, max: info.width - 1 }),
    y: fc.integer({ min: 0, max: info.height - 1 }),
    width: fc.integer({ min: 1, max: 30 }),
    height: fc.integer({ min: 1, max: 30 }),
  });
  fc.assert(
    fc.property(sides, (tile) => {
      const seen = {
        ...tile,
        width: Math.min(tile.width, info.width - tile.x),
        height: Math.min(tile.height, info.height - tile.y),
      };
      expect(cut(tile, seen, orientation)).toEqual(expected(data, info.width, info.height, tile));
    }),
    { numRuns: 40 },
  );
});

/** As the tiles of a picture are cut: from the rows that their stored rectangle takes, and no others. */
function cut(tile: Rectangle, seen: Rectangle, orientation: ReturnType<typeof orientationOf>): Uint8Array {
  const rowBytes = 3 * STORED.width;
  const { y: first, height } = orientation.storedOf(seen);
  const { x, y, right, down } = orientation.walkFrom(seen.x, seen.y);
  const into = new Uint8Array(3 * tile.width * tile.height);
  const spec = imageSchema.parse({ fit: 'tiles', layout: 'nhwc' });
  createTileWriter(spec, { tensor: 'x', width: tile.width, height: tile.height, type: 'uint8' })(
    into,
    PIXELS.subarray(first * rowBytes, (first + height) * rowBytes),
    {
      start: (y - first) * rowBytes + 3 * x,
      right: right.y * rowBytes + 3 * right.x,
      down: down.y * rowBytes + 3 * down.x,
      width: seen.width,
      height: seen.height,
    },
  );
  return into;
}

/** By its definition: the upright picture's pixels, grey beyond it. */
function expected(upright: Uint8Array, width: number, height: number, tile: Rectangle): Uint8Array {
  return Uint8Array.from({ length: 3 * tile.width * tile.height }, (_, i) => {
    const x = tile.x + (Math.floor(i / 3) % tile.width);
    const y = tile.y + Math.floor(i / 3 / tile.width);
    return x < width && y < height ? (upright[3 * (y * width + x) + (i % 3)] ?? 0) : 114;
  });
}

// Two pixels: red 1, green 2, blue 3, then 4, 5, 6.
const TWO = Uint8Array.from([1, 2, 3, 4, 5, 6]);
const values = (spec: Partial<ImageSpec>, type: PictureInput['type'] = 'float32') => {
  const tile = type === 'float32' ? new Float32Array(6) : new Uint8Array(6);
  const image = { ...imageSchema.parse({ fit: 'tiles', scale: 1 }), ...spec };
  createTileWriter(image, { tensor: 'x', width: 2, height: 1, type })(tile, TWO, {
    start: 0,
    right: 3,
    down: 6,
    width: 2,
    height: 1,
  });
  return [...tile];
};

it.each([
  ['nchw', 'rgb', [1, 4, 2, 5, 3, 6]],
  ['nchw', 'bgr', [3, 6, 2, 5, 1, 4]],
  ['nhwc', 'rgb', [1, 2, 3, 4, 5, 6]],
  ['nhwc', 'bgr', [3, 2, 1, 6, 5, 4]],
] as const)('orders axes as %s and channels as %s', (layout, channels, ordered) => {
  expect(values({ layout, channels })).toEqual(ordered);
});

it('scales each channel by its own mean and deviation, in the order of the model', () => {
  const spec = { layout: 'nhwc', channels: 'bgr', scale: 0.5, mean: [1, 0, -1], std: [1, 2, 4] } as const;
  expect(values({ ...spec, mean: [...spec.mean], std: [...spec.std] })).toEqual([
    0.5, 0.5, 0.375, 2, 1.25, 0.75,
  ]);
});

it('gives bytes as they are', () => {
  expect(values({ scale: 1 / 255, mean: [0.5, 0.5, 0.5] }, 'uint8')).toEqual([1, 4, 2, 5, 3, 6]);
});

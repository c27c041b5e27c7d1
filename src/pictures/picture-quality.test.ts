// The qualities of pictures whose values are known, and of any picture against a reference that has it whole.
import fc from 'fast-check';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { createQualityMeter } from './picture-quality.js';

type Pixel = readonly [r: number, g: number, b: number];

const pictureOf = (width: number, height: number, colour: (x: number, y: number) => Pixel) =>
  Uint8Array.from(
    Array.from({ length: width * height }, (_, i) => colour(i % width, Math.floor(i / width))).flat(),
  );

const measure = (pixels: Uint8Array, width: number, bandRows = 7, overlap = 2, maxPixels?: number) => {
  const height = pixels.length / 3 / width;
  const meter = createQualityMeter(width, height, maxPixels);
  for (let row = 0; row < height; row += bandRows - overlap)
    meter.add(pixels.subarray(3 * width * row, 3 * width * Math.min(height, row + bandRows)), row);
  return meter.result();
};

/** The definitions, of the whole picture, at every `step`th pixel. */
const reference = (pixels: Uint8Array, width: number, step: number) => {
  const height = pixels.length / 3 / width;
  const pixel = (x: number, y: number) => [0, 1, 2].map((c) => pixels[3 * (y * width + x) + c] ?? NaN);
  const luma = (x: number, y: number) => {
    const [r = NaN, g = NaN, b = NaN] = pixel(x, y);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const mean = (values: readonly number[]) =>
    values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = (values: readonly number[]) => mean(values.map((value) => (value - mean(values)) ** 2));
  const [lumas, saturations, edges]: [number[], number[], number[]] = [[], [], []];
  for (let y = 0; y < height; y += step)
    for (let x = 0; x < width; x += step) {
      lumas.push(luma(x, y));
      const most = Math.max(...pixel(x, y));
      saturations.push(most === 0 ? 0 : 1 - Math.min(...pixel(x, y)) / most);
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) continue;
      edges.push(luma(x - 1, y) + luma(x + 1, y) + luma(x, y - 1) + luma(x, y + 1) - 4 * luma(x, y));
    }
  return {
    brightness: mean(lumas) / 255,
    contrast: Math.sqrt(variance(lumas)) / 255,
    saturation: mean(saturations),
    sharpness: variance(edges),
  };
};

it('measures a flat colour as it is', () => {
  const { brightness, contrast, saturation, sharpness } = measure(
    pictureOf(20, 20, () => [255, 0, 0]),
    20,
  );
  expect(brightness).toBeCloseTo(0.2126, 10);
  expect(saturation).toBe(1);
  expect(contrast).toBeCloseTo(0, 6);
  expect(sharpness).toBeCloseTo(0, 6);
});

it('finds the greatest contrast and sharpness in a chequerboard of black and white', () => {
  const board = pictureOf(20, 20, (x, y) => ((x + y) % 2 === 0 ? [0, 0, 0] : [255, 255, 255]));
  const { brightness, contrast, saturation, sharpness } = measure(board, 20);
  expect(brightness).toBeCloseTo(0.5, 10);
  expect(contrast).toBeCloseTo(0.5, 10);
  expect(saturation).toBe(0);
  expect(sharpness).toBeCloseTo((4 * 255) ** 2, 3);
});

it('finds a blurred picture less sharp', async () => {
  const noise = pictureOf(60, 40, (x, y) => {
    const value = (x * 97 + y * 57 + x * y * 31) % 256;
    return [value, value, value];
  });
  const blurred = await sharp(noise, { raw: { width: 60, height: 40, channels: 3 } })
    .blur(1)
    .raw()
    .toBuffer();
  expect(measure(blurred, 60).sharpness).toBeLessThan(measure(noise, 60).sharpness / 5);
});

it('agrees with the whole picture, on every grid and in bands that overlap', () => {
  const pictures = fc.record({
    width: fc.integer({ min: 1, max: 24 }),
    height: fc.integer({ min: 1, max: 24 }),
    seed: fc.nat(255),
    bandRows: fc.integer({ min: 1, max: 9 }),
    step: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(pictures, ({ width, height, seed, bandRows, step }) => {
      const pixels = pictureOf(width, height, (x, y) => [
        (x * seed) % 256,
        (y * 91 + x) % 256,
        (x * y + seed) % 256,
      ]);
      const overlap = Math.min(bandRows - 1, 3);
      const found = measure(pixels, width, bandRows, overlap, (width * height) / step ** 2);
      const expected = reference(pixels, width, step);
      expect(found.brightness).toBeCloseTo(expected.brightness, 9);
      expect(found.contrast).toBeCloseTo(expected.contrast, 6);
      expect(found.saturation).toBeCloseTo(expected.saturation, 9);
      expect(found.sharpness).toBeCloseTo(expected.sharpness, 5);
    }),
  );
});

it('refuses rows that leave others out', () => {
  const meter = createQualityMeter(4, 10);
  meter.add(new Uint8Array(12 * 3), 0);
  expect(() => meter.add(new Uint8Array(12), 4)).toThrow('row 3 was left out');
});

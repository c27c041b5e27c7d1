// A small mark in a picture must be where the fitted input says that it is, upright.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageSchema } from '../manifest/image-spec.js';
import { openWholePicture } from './whole-picture.js';

const WIDTH = 300;
const HEIGHT = 150;
// A white square on black, upright.
const MARK = { x: 130, y: 60, width: 30, height: 30 };
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-fit-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The picture stored as orientation 6, upright 300 x 150. */
const marked = async () => {
  const white = {
    create: { width: MARK.width, height: MARK.height, channels: 3 as const, background: '#fff' },
  };
  const upright = sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#000' } });
  const pixels = await upright
    .composite([{ input: white, left: MARK.x, top: MARK.y }])
    .png()
    .toBuffer();
  const path = join(folder, 'marked.png');
  await writeFile(path, await sharp(pixels).rotate(270).png().withMetadata({ orientation: 6 }).toBuffer());
  return path;
};

interface Rule {
  readonly fit: 'letterbox' | 'stretch' | 'crop';
  readonly width: number;
  readonly height: number;
  readonly cropFrom: number;
}

/** What the model is shown of a picture, as bytes in the order of the pixels. */
const shown = async (path: string, { fit, width, height, cropFrom }: Rule, orientation = 6) => {
  const whole = await openWholePicture({
    file: {
      path,
      format: 'png',
      sizeBytes: 0,
      sha256: '',
      width: WIDTH,
      height: HEIGHT,
      orientation,
    },
    image: imageSchema.parse({ fit, cropFrom, layout: 'nhwc' }),
    input: { tensor: 'x', width, height, type: 'uint8' },
    classes: [],
    layout: undefined,
    rawPath: '',
    annotatedPath: undefined,
  });
  expect(whole.total).toBe(1);
  const rgb = new Uint8Array(whole.tileLength);
  await whole.fill(0, rgb);
  return { rgb, frame: whole.frameOf(0), finish: () => whole.finish(undefined) };
};

const rules: readonly Rule[] = [
  { fit: 'letterbox', width: 96, height: 96, cropFrom: 1 },
  { fit: 'letterbox', width: 500, height: 400, cropFrom: 1 },
  { fit: 'stretch', width: 100, height: 128, cropFrom: 1 },
  { fit: 'crop', width: 96, height: 96, cropFrom: 1 },
  { fit: 'crop', width: 224, height: 224, cropFrom: 256 / 224 },
  { fit: 'crop', width: 90, height: 30, cropFrom: 1.5 },
];

describe.each(rules)('$fit to $width x $height', (rule) => {
  it('fills the input upright, and maps it back to the picture', async () => {
    const { rgb, frame } = await shown(await marked(), rule);
    const bright = Array.from({ length: rgb.length / 3 }, (_, i) => i).filter((i) => (rgb[3 * i] ?? 0) > 128);
    const us = bright.map((i) => i % rule.width);
    const vs = bright.map((i) => Math.floor(i / rule.width));
    const x = (u: number) => frame.x + u * frame.scaleX;
    const y = (v: number) => frame.y + v * frame.scaleY;
    const near = (value: number, truth: number, pixel: number) =>
      // Half an input pixel of the edge is where the filter puts it, and half one of the padding is rounded.
      expect(Math.abs(value - truth)).toBeLessThanOrEqual(pixel);
    near(x(Math.min(...us)), MARK.x, frame.scaleX);
    near(x(Math.max(...us) + 1), MARK.x + MARK.width, frame.scaleX);
    near(y(Math.min(...vs)), MARK.y, frame.scaleY);
    near(y(Math.max(...vs) + 1), MARK.y + MARK.height, frame.scaleY);
  });
});

it('pads with grey on both sides', async () => {
  const { rgb } = await shown(await marked(), { fit: 'letterbox', width: 96, height: 96, cropFrom: 1 });
  const rowOf = (y: number) => rgb[3 * 96 * y];
  expect([rowOf(0), rowOf(23), rowOf(24), rowOf(71), rowOf(72), rowOf(95)]).toEqual([
    114, 114, 0, 0, 114, 114,
  ]);
});

it('says what the picture is like', async () => {
  const { finish } = await shown(await marked(), { fit: 'stretch', width: 60, height: 30, cropFrom: 1 });
  const picture = await finish();
  expect(picture).toMatchObject({ width: WIDTH, height: HEIGHT, tiles: 1, saturation: 0 });
  expect(picture.brightness).toBeCloseTo((MARK.width * MARK.height) / (WIDTH * HEIGHT), 2);
});

it('refuses a damaged picture', async () => {
  const path = await marked();
  const rule: Rule = { fit: 'stretch', width: 8, height: 8, cropFrom: 1 };
  const broken = join(folder, 'broken.png');
  await writeFile(broken, (await sharp(path).png().toBuffer()).subarray(0, 300));
  await expect(shown(broken, rule)).rejects.toMatchObject({ code: 'IMAGE_REJECTED' });
});

// What an annotated picture shows, at any size.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { annotate } from './annotate.js';
import { colourOf } from './class-colours.js';
import type { LabelledBoxes } from './draw-boxes.js';
import { legendMarkup } from './legend.js';
import { makePreview, type Preview } from './preview.js';
import { decodeToRaw } from './raw-picture.js';

const LIMITS = { pixels: 100_000_000, seconds: 30 };
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-annotate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Row = readonly [x1: number, y1: number, x2: number, y2: number, label: number];

const boxesOf = (rows: readonly Row[]): LabelledBoxes => ({
  count: rows.length,
  x1: Float32Array.from(rows, ([x1]) => x1),
  y1: Float32Array.from(rows, ([, y1]) => y1),
  x2: Float32Array.from(rows, ([, , x2]) => x2),
  y2: Float32Array.from(rows, ([, , , y2]) => y2),
  label: Uint16Array.from(rows, (row) => row[4]),
});
const greyPreview = (width: number, height: number, scale = 1): Preview => ({
  rgb: new Uint8Array(3 * width * height).fill(90),
  width,
  height,
  scaleX: scale,
  scaleY: scale,
});
const look = async (jpeg: Buffer) => {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [0, 1, 2].map((c) => data[3 * (y * info.width + x) + c] ?? NaN);
  return { width: info.width, height: info.height, at };
};
const distance = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? NaN))));

describe('the annotated picture', () => {
  it('has the frame of each box in the colour of its class, the best on top, and a legend below', async () => {
    // In pixels of an original twice as large.
    const boxes = boxesOf([
      [200, 100, 600, 400, 0],
      [200, 300, 600, 500, 1],
    ]);
    const { width, height, at } = await look(await annotate(greyPreview(500, 300, 0.5), boxes, ['a', 'b']));
    expect([width, height > 300]).toEqual([500, true]);
    expect(distance(at(102, 100), colourOf(0))).toBeLessThan(40);
    expect(distance(at(200, 248), colourOf(1))).toBeLessThan(40);
    expect(distance(at(200, 198), colourOf(0))).toBeLessThan(40);
    expect(distance(at(200, 120), [90, 90, 90])).toBeLessThan(10);
  });

  it.each([
    [1600, 1480],
    [200, 1480],
    [1600, 20],
    [8, 8],
  ])('of %i x %i pixels is at most 1600 a side with its legend', async (w, h) => {
    const classes = Array.from({ length: 30 }, (_, i) => `class number ${i} with a name that is long`);
    const boxes = boxesOf(classes.map((_, i) => [0, 0, 4, 4, i]));
    const { width, height } = await look(await annotate(greyPreview(w, h), boxes, classes));
    expect(width).toBe(Math.max(w, 320));
    expect(height).toBeGreaterThan(h);
    expect(height).toBeLessThanOrEqual(1600);
  });

  it('is made of a picture without any box', async () => {
    const { height } = await look(await annotate(greyPreview(100, 100), boxesOf([]), ['tree']));
    expect(height).toBeGreaterThan(100);
  });
});

describe('the legend', () => {
  it('counts each class and all, and says what is not listed', () => {
    const few = legendMarkup(['young', 'old'], Uint16Array.from([1, 1, 0]));
    expect(few).toContain('young\u00a0<b>1</b>');
    expect(few).toContain('old\u00a0<b>2</b>');
    expect(few).toContain('total\u00a0<b>3</b>');
    const many = legendMarkup(
      Array.from({ length: 20 }, (_, i) => `c${i}`),
      Uint16Array.from([19, 19, 3]),
    );
    expect(many.match(/■/g)).toHaveLength(12);
    expect(many).toContain('c19\u00a0<b>2</b>');
    expect(many).toContain('others\u00a0<b>0</b>');
  });

  it('takes any name of a class for a name', async () => {
    const names = ['<b>&', '"\'', '\u0000\u0007\ud800', '樹', 'x'.repeat(500), '</span>', ''];
    const picture = await annotate(greyPreview(300, 100), boxesOf([]), names);
    expect((await look(picture)).width).toBe(320);
  });
});

describe('the preview', () => {
  it('is upright and small, the same of the file and of its raw pixels', async () => {
    const path = join(folder, 'large.jpg');
    const large = sharp({ create: { width: 2000, height: 3000, channels: 3, background: '#406080' } });
    const red = { create: { width: 400, height: 400, channels: 3 as const, background: '#ff0000' } };
    const stored = await large
      .composite([{ input: red, left: 0, top: 0 }])
      .png()
      .toBuffer();
    await writeFile(path, await sharp(stored).withMetadata({ orientation: 6 }).jpeg().toBuffer());
    await decodeToRaw(path, `${path}.v`, LIMITS).done;
    for (const from of [path, `${path}.v`]) {
      const { rgb, width, height, scaleX, scaleY } = await makePreview(
        from,
        { width: 3000, height: 2000, orientation: 6 },
        LIMITS,
      );
      expect([width, height]).toEqual([1600, 1067]);
      expect([scaleX, scaleY]).toEqual([1600 / 3000, 1067 / 2000]);
      // The corner at the top left is stored at the bottom left; the red one is shown at the top right.
      const at = (x: number, y: number) => [0, 1, 2].map((c) => rgb[3 * (y * width + x) + c] ?? NaN);
      expect(distance(at(1500, 100), [255, 0, 0])).toBeLessThan(20);
      expect(distance(at(100, 100), [64, 96, 128])).toBeLessThan(20);
    }
  });

  it('does not enlarge a small picture', async () => {
    const path = join(folder, 'small.png');
    await writeFile(
      path,
      await sharp({ create: { width: 30, height: 20, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    );
    expect(await makePreview(path, { width: 30, height: 20, orientation: 1 }, LIMITS)).toMatchObject({
      width: 30,
      height: 20,
      scaleX: 1,
    });
  });
});

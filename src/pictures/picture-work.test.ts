// A picture through its work: tiles out, answers back, tiles that fail, and the end of it all.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { imageSchema } from '../manifest/image-spec.js';
import { createPermits } from './permits.js';
import type { PictureJob, PictureProgress } from './picture-protocol.js';
import { startPicture, type PictureWork } from './picture-work.js';

const TILE = 32;
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vigie-work-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Two tiles side by side and one below another: 2 x 2 in all, without overlap. */
async function job(changes: Partial<PictureJob['file']> = {}): Promise<PictureJob> {
  const path = join(dir, 'picture.png');
  const create = { width: 2 * TILE, height: 2 * TILE, channels: 3 as const, background: '#336699' };
  await sharp({ create }).png().toFile(path);
  const file = { path, format: 'png', sizeBytes: 1, sha256: 'x', width: 64, height: 64, orientation: 1 };
  return {
    file: { ...file, ...changes },
    image: imageSchema.parse({ fit: 'tiles', overlap: 0 }),
    input: { tensor: 'x', width: TILE, height: TILE, type: 'float32' },
    classes: ['tree'],
    layout: {
      layout: 'triplets',
      boxes: 'b',
      scores: 's',
      labels: 'l',
      format: 'xyxy',
      units: 'pixels',
      firstLabel: 0,
    },
    rawPath: join(dir, 'picture.v'),
    annotatedPath: undefined,
  };
}

/** One box in the middle of each tile of a batch. */
const outputs = (rows: number) => [
  { dims: [rows, 1, 4], data: Float32Array.from(Array.from({ length: rows }, () => [8, 8, 24, 24]).flat()) },
  { dims: [rows, 1], data: new Float32Array(rows).fill(0.9) },
  { dims: [rows, 1], data: new BigInt64Array(rows) },
];

async function run(
  answer: (work: PictureWork, tile: number, alone: boolean) => void,
  { places = 8, ...file }: Partial<PictureJob['file']> & { places?: number } = {},
) {
  const permits = createPermits(places);
  const progress: PictureProgress[] = [];
  const sent: string[] = [];
  let out = 0;
  let most = 0;
  const work = startPicture(await job(file), {
    permits,
    takeMemory: (length) => new Float32Array(length),
    sendTile: (tile, values, alone) => {
      sent.push(`${tile}${alone ? ' alone' : ''}`);
      expect(values[0]).toBeCloseTo(0x33 / 255);
      most = Math.max(most, (out += 1));
      setImmediate(() => {
        out -= 1;
        permits.give();
        answer(work, tile, alone);
      });
    },
    onProgress: (one) => progress.push(one),
  });
  const result = await work.result.catch((error: unknown) => error);
  return { result, progress, sent, most };
}
const ran = (work: PictureWork, tile: number) => work.ran(tile, outputs(1), 0, 1);
const failure = { code: 'INFERENCE_FAILED', message: 'no', final: false };

it('puts what each tile shows where the tile lies', async () => {
  const { result, progress } = await run(ran);
  expect(result).toMatchObject({ picture: { tiles: 4, width: 64 }, values: undefined });
  const { detections } = result as { detections: { box: object }[] };
  expect(detections.map(({ box }) => box)).toEqual(
    // Equals are told by their place, from left to right.
    [8, 40].flatMap((x) => [8, 40].map((y) => ({ x, y, width: 16, height: 16 }))),
  );
  expect(progress[0]).toEqual({ done: 0, total: 4, detections: [] });
});

it('takes its own row of a batch that it shared', async () => {
  const shared = outputs(3);
  const [boxes] = shared;
  if (boxes?.data instanceof Float32Array) boxes.data.set([0, 0, 4, 4]);
  const { result } = await run((work, tile) => work.ran(tile, shared, 2, 3));
  const { detections } = result as { detections: { box: { width: number } }[] };
  expect(detections.map(({ box }) => box.width)).toEqual([16, 16, 16, 16]);
});

it('has no more tiles out than there are places', async () => {
  expect((await run(ran, { places: 2 })).most).toBe(2);
});

it('tries a tile that failed beside others again without them, and only once', async () => {
  const once = await run((work, tile, alone) =>
    tile === 2 && !alone ? work.failed(tile, failure) : ran(work, tile),
  );
  expect(once.sent.toSorted()).toEqual(['0', '1', '2', '2 alone', '3']);
  expect(once.result).toMatchObject({ picture: { tiles: 4 } });
  const twice = await run((work, tile) => (tile === 2 ? work.failed(tile, failure) : ran(work, tile)));
  expect(twice.result).toMatchObject({ code: 'INFERENCE_FAILED', message: 'A tile of this picture: no' });
});

it('is given up at once for what no other try mends, by cancelling, and for outputs that do not fit', async () => {
  const final = { ...failure, code: 'UNAVAILABLE', final: true };
  expect((await run((work, tile) => work.failed(tile, final))).result).toMatchObject({ code: 'UNAVAILABLE' });
  const cancelled = await run((work, tile) => {
    work.cancel();
    ran(work, tile);
  });
  expect(cancelled.result).toMatchObject({ code: 'UNAVAILABLE' });
  const strange = await run((work, tile) => work.ran(tile, outputs(1).slice(0, 2), 0, 1));
  expect(strange.result).toMatchObject({ code: 'INFERENCE_FAILED' });
});

it('rejects a file that is not what it was said to be', async () => {
  const { result } = await run(ran, { width: 200, height: 200 });
  expect(result).toBeInstanceOf(Error);
});

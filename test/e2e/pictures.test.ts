// Pictures through the whole house: uploaded, worked on by tiles, recorded, shown; and the bad ones refused by name.
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { iou } from '../../src/cli/count-found.js';
import { ask, send, subscribe } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { colourModel } from '../support/colour-model.js';
import { jpegOf, orchard, rawOf, recall } from '../support/orchard-pictures.js';
import {
  PICTURE_FIELDS,
  predicted,
  predictImage,
  upload,
  type PicturePrediction,
} from '../support/picture-client.js';
import { privateDataDir, startVigie, type VigieProcess } from '../support/vigie-process.js';

const DETECTOR = 'orange-tree-detector';
// Six tiles, three of them shifted inward.
const FIELD = orchard(7, 1000, 700);
let models: string;
let data: Awaited<ReturnType<typeof privateDataDir>>;
let vigie: VigieProcess;

beforeAll(async () => {
  [models, data] = await Promise.all([mkdtemp(join(tmpdir(), 'vigie-models-')), privateDataDir()]);
  await cp(join(import.meta.dirname, '..', '..', 'models', DETECTOR), join(models, DETECTOR), {
    recursive: true,
  });
  await colourModel(models);
  vigie = await startVigie({ DATA_DIR: data.dir, MODELS_DIR: models });
}, 60_000);
afterAll(async () => {
  expect(vigie.errorOutput()).toBe('');
  expect(await vigie.stop()).toBe(0);
  await Promise.all([data.remove(), rm(models, { recursive: true })]);
});

const lookUp = async (id: string) =>
  (
    await ask<{ prediction: PicturePrediction | null }>(
      vigie.url,
      `query ($id: ID!) { prediction(id: $id) { ${PICTURE_FIELDS} } }`,
      { id },
    )
  ).prediction;

it('finds the trees of a field, records them, and keeps an annotated copy of the picture but not the picture', async () => {
  const uploadId = await upload(vigie.url, await jpegOf(FIELD));
  const made = await predicted(vigie.url, { uploadId });
  const found = made.detections ?? [];
  expect(made).toMatchObject({ status: 'COMPLETED', picture: { width: 1000, height: 700, tiles: 6 } });
  expect(recall(FIELD, found)).toBeGreaterThan(0.6);
  for (const { box, confidence } of found) {
    expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= 1000.01 && box.y + box.height <= 700.01).toBe(
      true,
    );
    expect(confidence).toBeGreaterThanOrEqual(0.25);
  }
  // Neighbouring tiles show the same trees, and each is told once.
  const doubles = found.filter(({ box }, i) =>
    found.some((other, j) => j < i && other.label === found[i]?.label && iou(box, other.box) > 0.7),
  );
  expect(doubles).toEqual([]);

  const image = await fetch(vigie.url + (made.picture?.url ?? ''));
  expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  const shown = await sharp(Buffer.from(await image.arrayBuffer())).metadata();
  expect(Math.max(shown.width, shown.height)).toBeLessThanOrEqual(1600);
  expect(await eventually(async () => (await lookUp(made.id))?.detections)).toEqual(found);
  const kept = await readdir(join(data.dir, 'uploads', 'kept'), { recursive: true });
  expect(kept.filter((name) => name.includes('original'))).toEqual([]);
  expect(await readdir(join(data.dir, 'scratch'), { recursive: true })).not.toContainEqual(
    expect.stringContaining('.v'),
  );
  // Somebody else's id shows nothing.
  for (const id of ['nothing', made.id.replace(/.$/, (last) => (last === '0' ? '1' : '0'))])
    expect((await fetch(`${vigie.url}/predictions/${id}/image`)).status).toBe(404);
}, 30_000);

it('answers the same for the same picture sent as base64, turned on its side, or as PNG with an alpha channel', async () => {
  const scene = orchard(11);
  const jpeg = await jpegOf(scene);
  const plain = await predicted(vigie.url, { imageBase64: jpeg.toString('base64') });
  const found = plain.detections ?? [];
  expect(found.length).toBeGreaterThan(3);
  const turned = await rawOf(scene)
    .rotate(270)
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 92 })
    .toBuffer();
  const alpha = await rawOf(scene).ensureAlpha(1).png({ compressionLevel: 1 }).toBuffer();
  for (const [bytes, type] of [
    [turned, 'image/jpeg'],
    [alpha, 'image/png'],
  ] as const) {
    const other = await predicted(vigie.url, { uploadId: await upload(vigie.url, bytes, type) });
    const same = found.filter(({ label, box }) =>
      (other.detections ?? []).some((one) => one.label === label && iou(one.box, box) > 0.75),
    );
    // JPEG is not the same when it is turned, so that a doubtful box may go.
    expect(same.length / found.length, type).toBeGreaterThan(0.8);
  }
}, 30_000);

it('takes bounds for one request, and a retry by requestId though the picture was uploaded anew', async () => {
  const jpeg = await jpegOf(orchard(12));
  const usual = await predicted(vigie.url, {
    uploadId: await upload(vigie.url, jpeg),
    requestId: 'field-12',
  });
  const again = await predicted(vigie.url, {
    uploadId: await upload(vigie.url, jpeg),
    requestId: 'field-12',
  });
  expect(again.id).toBe(usual.id);
  const uploadId = await upload(vigie.url, jpeg);
  const strict = await predicted(vigie.url, { uploadId, confidence: 0.9 });
  expect(strict.detections?.length).toBeLessThan(usual.detections?.length ?? 0);
  expect(strict.detections?.every(({ confidence }) => confidence >= 0.9)).toBe(true);
  const other = await predictImage(vigie.url, { uploadId, requestId: 'field-12', confidence: 0.9 });
  expect(other.errors?.[0]?.extensions.code).toBe('IDEMPOTENCY_CONFLICT');
}, 30_000);

it('shows how far a submitted picture is, and ends when it is done', async () => {
  const uploadId = await upload(vigie.url, await jpegOf(FIELD));
  const submit = 'mutation ($input: PredictInput!) { submitPrediction(input: $input) { id status } }';
  const input = { model: DETECTOR, features: { image: uploadId } };
  const { submitPrediction } = await ask<{ submitPrediction: { id: string } }>(vigie.url, submit, { input });
  const { id } = submitPrediction;
  interface Progress {
    readonly predictionProgress: { done: number; total: number; status: string; detections: unknown[] };
  }
  const query = `subscription ($id: ID!) { predictionProgress(id: $id) { done total status detections { label } } }`;
  const progress = await subscribe<Progress>(vigie.url, query, { id });
  const last = await eventually(
    () => progress.items.find((one) => one.predictionProgress.status === 'COMPLETED'),
    {
      timeoutMs: 20_000,
    },
  );
  expect(last.predictionProgress).toMatchObject({ done: 6, total: 6 });
  expect(last.predictionProgress.detections.length).toBe((await lookUp(id))?.detections?.length);
  const steps = progress.items.map((one) => one.predictionProgress.done);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  await progress.close();
  // Who asks later is told at once.
  const late = await subscribe<Progress>(vigie.url, query, { id });
  await eventually(() => late.items[0]?.predictionProgress.status === 'COMPLETED');
  await late.close();
}, 40_000);

it('runs a classifier of whole pictures through the same door', async () => {
  for (const [colour, label] of [
    ['#c81e1e', 'red'],
    ['#1ec81e', 'green'],
  ] as const) {
    const png = await sharp({ create: { width: 300, height: 80, channels: 3, background: colour } })
      .png()
      .toBuffer();
    const made = await predicted(vigie.url, { model: 'colour', imageBase64: png.toString('base64') });
    expect(made).toMatchObject({ label, detections: null, picture: { tiles: 1, width: 300, height: 80 } });
    expect(made.confidence).toBeGreaterThan(0.8);
  }
});

it('names what is wrong with a request, and a damaged picture by its code', async () => {
  const jpeg = await jpegOf(orchard(13));
  const codeOf = async (input: Readonly<Record<string, unknown>>) =>
    (await predictImage(vigie.url, input)).errors?.[0]?.extensions.code;
  expect(await codeOf({ uploadId: 'no-such-upload' })).toBe('UPLOAD_NOT_FOUND');
  expect(await codeOf({})).toBe('INVALID_INPUT');
  expect(await codeOf({ imageBase64: Buffer.from('<svg/>').toString('base64') })).toBe('IMAGE_REJECTED');
  const batch = 'mutation ($input: PredictBatchInput!) { predictBatch(input: $input) { errors { code } } }';
  const instances = [{ image: await upload(vigie.url, jpeg) }];
  const asBatch = await send(vigie.url, batch, { input: { model: DETECTOR, instances } });
  expect(asBatch.errors?.[0]?.extensions.code).toBe('INVALID_INPUT');
  // Whole by its head and its end, and not in between: only the decoder finds that out.
  const png = await sharp(jpeg).png({ compressionLevel: 1 }).toBuffer();
  png.fill(7, png.length / 2, png.length / 2 + 64);
  const damaged = await predictImage(vigie.url, { uploadId: await upload(vigie.url, png, 'image/png') });
  const { code, predictionId } = damaged.errors?.[0]?.extensions ?? {};
  expect(code).toBe('IMAGE_REJECTED');
  const record = await eventually(() => lookUp(predictionId ?? ''));
  expect(record).toMatchObject({ status: 'FAILED', error: { code: 'IMAGE_REJECTED' }, detections: null });
}, 30_000);

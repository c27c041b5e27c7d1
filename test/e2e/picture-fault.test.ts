// A worker that is killed in the middle of a picture: another one begins it anew, and it is recorded once.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { jpegOf, orchard } from '../support/orchard-pictures.js';
import { PICTURE_FIELDS, upload, type PicturePrediction } from '../support/picture-client.js';
import { recordedIds } from '../support/recorded-ids.js';
import { startSplitHouse, type SplitHouse } from '../support/split-house.js';
import type { VigieProcess } from '../support/vigie-process.js';

const DETECTOR = 'orange-tree-detector';
let house: SplitHouse;
let second: VigieProcess | undefined;

beforeAll(async () => {
  house = await startSplitHouse();
}, 120_000);
afterAll(() => house.stop(second));

it('is taken up by another worker, and is one prediction', async () => {
  const { front, worker } = house;
  // Thirty tiles: enough that some are still to be done when the first are.
  const uploadId = await upload(front.url, await jpegOf(orchard(3, 2500, 2100)));
  const submit = 'mutation ($input: PredictInput!) { submitPrediction(input: $input) { id } }';
  const input = { model: DETECTOR, features: { image: uploadId } };
  const { submitPrediction } = await ask<{ submitPrediction: { id: string } }>(front.url, submit, { input });
  const { id } = submitPrediction;
  const find = async () => {
    const query = `query ($id: ID!) { prediction(id: $id) { ${PICTURE_FIELDS} } }`;
    return (await ask<{ prediction: PicturePrediction | null }>(front.url, query, { id })).prediction;
  };
  await eventually(async () => (await find())?.status === 'RUNNING');
  await worker.kill();
  expect((await find())?.status).not.toBe('COMPLETED');
  second = await house.startWorker();
  const made = await eventually(
    async () => {
      const found = await find();
      return found?.status === 'COMPLETED' && found;
    },
    { timeoutMs: 60_000 },
  );
  expect(made.picture?.tiles).toBe(30);
  expect(made.detections?.length).toBeGreaterThan(50);
  const recorded = await eventually(async () => {
    const ids = await recordedIds(front.url, DETECTOR);
    return ids.length > 0 && ids;
  });
  expect(recorded).toEqual([id]);
  expect(second.errorOutput()).toBe('');
}, 120_000);

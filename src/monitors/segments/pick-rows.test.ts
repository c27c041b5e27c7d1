// A part of a batch holds exactly its rows, and all parts together hold the batch.
import { expect, it } from 'vitest';
import { detectionBatch, drawScenes } from '../../../test/support/detector-batches.js';
import { predictionBatch } from '../../../test/support/monitor-batches.js';
import { createRandom } from '../../training/random.js';
import { recordsOf } from '../../events/prediction-record.js';
import { pickRows } from './pick-rows.js';

const batch = predictionBatch(1000, [
  { label: 'on', confidence: 0.7 },
  { label: 'off', totalMs: 9, queueMs: 3 },
  { failed: true },
  { label: 'on', metadata: { region: 'east' } },
]);
const plain = (of: typeof batch) =>
  recordsOf(of).map(({ timings: { queueMs, totalMs }, ...record }) => ({ ...record, queueMs, totalMs }));

it('holds the rows it was asked for, every column of them', () => {
  expect(plain(pickRows(batch, [3, 1]))).toEqual([plain(batch)[3], plain(batch)[1]]);
  expect(pickRows(batch, [0, 1, 2, 3])).toBe(batch);
  expect(pickRows(batch, []).ids).toEqual([]);
});

it('bears a batch whose arrays are too short', () => {
  const odd = {
    ...batch,
    receivedAt: [],
    requests: [],
    errors: [],
    features: { load: [] },
    outputs: { label: ['on'] },
  };
  expect(pickRows(odd, [1])).toMatchObject({
    receivedAt: [Number.NaN],
    requests: [{}],
    errors: [null],
    features: { load: [null] },
    outputs: { label: [null] },
  });
});

it('holds what was found in its pictures, and the pictures', () => {
  const pictures = detectionBatch(1000, drawScenes(createRandom(1), 3));
  expect(plain(pickRows(pictures, [2, 0]))).toEqual([plain(pictures)[2], plain(pictures)[0]]);
});

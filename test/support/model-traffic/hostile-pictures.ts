// What comes to a detector that no monitor may be hurt or blinded by.
import type { FeedbackBatch, PredictionBatch } from '../../../src/monitors/monitor.js';
import { hostileClocks, hostileInput } from './hostile-input.js';
import type { HostileInput } from './model-traffic.js';

type Found = NonNullable<NonNullable<PredictionBatch['outputs']['detections']>[number]>[number];
type Picture = NonNullable<NonNullable<PredictionBatch['pictures']>[number]>;
type Truth = NonNullable<FeedbackBatch['items'][number]['truth']['detections']>[number];

/** By name. */
export function hostilePictures(): HostileInput[] {
  return [
    hostileInput('a value of 1e9 in each batch', {
      prediction: (batch) => ({
        ...changed(batch, {
          found: (one, row) => (row === 0 ? { ...one, confidence: 1e9, box: HUGE } : one),
          picture: (one, row) =>
            row === 0 ? { ...one, ...{ width: 1e9, brightness: 1e9, contrast: 1e9, sharpness: 1e9 } } : one,
        }),
        receivedAt: batch.receivedAt.map((at, row) => (row === 0 ? at - 1e9 : at)),
        timings: {
          ...batch.timings,
          queueMs: batch.timings.queueMs.map((ms, row) => (row === 0 ? 1e9 : ms)),
        },
      }),
      feedback: truths((one, row) => (row === 0 ? { ...one, box: HUGE } : one)),
    }),
    hostileInput('pictures that are all alike', {
      prediction: (batch) => {
        const [same = null] = batch.pictures ?? [];
        return {
          ...changed(batch, { picture: (one) => ({ ...(same ?? one), width: 1000, height: 1000 }) }),
          outputs: { detections: batch.ids.map(() => [SAME]) },
        };
      },
      feedback: truths(() => ({ label: SAME.label, box: SAME.box })),
    }),
    hostileInput('classes never seen', {
      prediction: (batch, i) =>
        changed(batch, { found: (one, row) => ({ ...one, label: `new ${i % 5}.${row}` }) }),
      feedback: truths((one, row) => ({ ...one, label: `true ${row}` })),
    }),
    hostileInput('all missing', {
      prediction: (batch) => ({
        ...{ ...batch, outputs: {}, features: {} },
        pictures: batch.ids.map(() => null),
      }),
      feedback: (batch) => ({
        ...batch,
        items: batch.items.map((item) => ({ ...item, predicted: {}, truth: {} })),
      }),
    }),
    hostileInput('NaN and Infinity', {
      prediction: (batch) => ({
        ...changed(batch, {
          found: (one) => ({ ...one, confidence: Number.NaN, box: NO_BOX }),
          picture: (one) => ({ ...one, width: Infinity, height: Number.NaN, brightness: -Infinity }),
        }),
        receivedAt: batch.receivedAt.map(() => Number.NaN),
        timings: { queueMs: batch.timings.queueMs.map(() => Number.NaN), computeMs: Infinity },
      }),
      feedback: truths((one) => ({ ...one, box: NO_BOX })),
    }),
    hostileInput('pictures and boxes without extent', {
      prediction: (batch) =>
        changed(batch, {
          found: (one) => ({ ...one, box: { ...one.box, width: 0, height: 0 } }),
          picture: (one) => ({ ...one, width: 0, height: 0 }),
        }),
      feedback: truths((one) => ({ ...one, box: { ...one.box, width: 0, height: -1 } })),
    }),
    hostileInput('empty batches', {
      prediction: (batch) => ({
        ...{ ...batch, ids: [], receivedAt: [], requests: [], features: {}, outputs: {}, errors: [] },
        ...{ pictures: [], timings: { queueMs: [], computeMs: 0 } },
      }),
      feedback: (batch) => ({ ...batch, items: [] }),
    }),
    hostileInput('batches of which every row failed', {
      prediction: (batch) => ({
        ...batch,
        errors: batch.ids.map(() => ({ code: 'IMAGE_REJECTED', message: 'no' })),
        outputs: { detections: batch.ids.map(() => null) },
        pictures: batch.ids.map(() => null),
      }),
    }),
    ...hostileClocks(),
  ];
}

const HUGE = { x: 1e9, y: -1e9, width: 1e9, height: 1e9 };
const NO_BOX = { x: Number.NaN, y: Infinity, width: Number.NaN, height: -Infinity };
const SAME = { label: 'young', confidence: 0.75, box: { x: 10, y: 10, width: 40, height: 40 } };

function changed(
  batch: PredictionBatch,
  {
    found = (one) => one,
    picture = (one) => one,
  }: {
    readonly found?: (one: Found, row: number) => Found;
    readonly picture?: (one: Picture, row: number) => Picture;
  },
): PredictionBatch {
  return {
    ...batch,
    outputs: {
      detections: (batch.outputs.detections ?? []).map(
        (boxes, row) => boxes?.map((one) => found(one, row)) ?? null,
      ),
    },
    pictures: (batch.pictures ?? []).map((one, row) => one && picture(one, row)),
  };
}

function truths(change: (one: Truth, row: number) => Truth): (batch: FeedbackBatch) => FeedbackBatch {
  return (batch) => ({
    ...batch,
    items: batch.items.map((item, row) => ({
      ...item,
      truth: { detections: (item.truth.detections ?? []).map((one) => change(one, row)) },
    })),
  });
}

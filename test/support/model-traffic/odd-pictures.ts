// Batches of pictures, and what is said to be in them, as a careless process or a later version might append them.
import type { FeedbackBatch, PredictionBatch } from '../../../src/monitors/monitor.js';
import type { Oddities } from './odd-events.js';

export const oddPictures: Oddities = { batches: oddBatches, labels: oddLabels };

const BOX = { x: Number.NaN, y: 1e300, width: 1e300, height: -1 };

function oddBatches(batch: PredictionBatch): PredictionBatch[] {
  const [picture = null] = batch.pictures ?? [];
  return [
    batch,
    { ...batch, outputs: {} },
    { ...batch, outputs: { detections: [null, []] } },
    { ...batch, outputs: { detections: [[{ label: '__proto__', confidence: Number.NaN, box: BOX }]] } },
    {
      ...batch,
      outputs: { detections: [[{ label: 'constructor', confidence: -1e300, box: BOX }], null, []] },
    },
    { ...batch, pictures: [] },
    { ...batch, pictures: [null, null, null] },
    { ...batch, pictures: [picture && { ...picture, width: 0, height: 0, sharpness: 1e300 }] },
    { ...batch, pictures: [picture && { ...picture, brightness: Number.NaN, height: Infinity }] },
    { ...batch, errors: batch.ids.map(() => ({ code: 'IMAGE_REJECTED', message: 'no' })) },
    { ...batch, outputs: { label: ['young', 'young', 'young'], value: [1, 2, 3] } },
    { ...batch, receivedAt: [], timings: { queueMs: [], computeMs: 0 }, errors: [], requests: [] },
    { ...batch, ids: [] },
    { ...batch, at: Number.NaN },
  ];
}

function oddLabels(batch: FeedbackBatch): FeedbackBatch[] {
  const each = (change: Partial<FeedbackBatch['items'][number]>) => ({
    ...batch,
    items: batch.items.map((item) => ({ ...item, ...change })),
  });
  return [
    batch,
    // The same again, as a stream that is read twice has it.
    batch,
    each({ truth: {} }),
    each({ predicted: {} }),
    each({ truth: { label: 'young', value: 7 } }),
    each({ truth: { detections: [{ label: '__proto__', box: BOX }] } }),
    each({ predicted: { detections: [{ label: 'young', confidence: Number.NaN, box: BOX }] } }),
    each({ predictionId: 'never made', predictedAt: -1 }),
    each({ predictedAt: Number.NaN }),
    { ...batch, items: [] },
    { ...batch, receivedAt: Number.NaN },
  ];
}

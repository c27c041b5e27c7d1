// Batches of a table model, and labels, as a careless process or a later version might append them.
import type { FeedbackBatch, PredictionBatch } from '../../../src/monitors/monitor.js';
import type { Oddities } from './odd-events.js';

export const oddTables: Oddities = { batches: oddBatches, labels: oddLabels };

function oddBatches(batch: PredictionBatch): PredictionBatch[] {
  const { outputs } = batch;
  const [load = null] = batch.features['load'] ?? [];
  return [
    { ...batch, errors: batch.ids.map(() => ({ code: 'INFERENCE_FAILED', message: 'no' })) },
    { ...batch, outputs: {} },
    { ...batch, outputs: { label: ['on', null, 'off'], confidence: [0.9] } },
    { ...batch, outputs: { probabilities: { classes: [], values: [] } } },
    { ...batch, outputs: { ...outputs, probabilities: { classes: ['on'], values: [1] } } },
    { ...batch, outputs: { value: [1e300, -1e300, null] } },
    { ...batch, outputs: { label: ['__proto__', 'constructor', ''], confidence: [1e9, -1e9, Number.NaN] } },
    { ...batch, receivedAt: [], timings: { queueMs: [], computeMs: 0 }, errors: [], requests: [] },
    {
      ...batch,
      receivedAt: [Number.NaN, batch.at + 1e9, -1],
      timings: { queueMs: [-5, 1e12, 0], computeMs: 1 },
    },
    { ...batch, features: { load: [null, 'text', true], other: [] } },
    { ...batch, features: { ...batch.features, load: [load], room: [] } },
    { ...batch, features: {} },
    { ...batch, ids: [] },
    { ...batch, at: Number.NaN },
  ];
}

function oddLabels(batch: FeedbackBatch): FeedbackBatch[] {
  const each = (
    change: (item: FeedbackBatch['items'][number]) => Partial<FeedbackBatch['items'][number]>,
  ) => ({
    ...batch,
    items: batch.items.map((item) => ({ ...item, ...change(item) })),
  });
  return [
    batch,
    // The same again, as a stream that is read twice has it.
    batch,
    each(() => ({ truth: {} })),
    each(() => ({ predicted: {} })),
    // A label for a number and a number for a label.
    each(({ truth }) => ({ truth: truth.label === undefined ? { label: 'on' } : { value: 7 } })),
    each(() => ({ truth: { label: '__proto__', value: Number.NaN, detections: [] } })),
    each(() => ({ truth: { label: 'constructor', value: 1e300 }, predicted: { label: '', value: -1e300 } })),
    each(() => ({ predictionId: 'never made', predictedAt: -1 })),
    each(() => ({ predictedAt: Number.NaN })),
    { ...batch, items: [] },
    { ...batch, receivedAt: Number.NaN },
  ];
}

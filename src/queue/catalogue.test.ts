import { describe, expect, it } from 'vitest';
import { catalogue, predictReplySchema } from './catalogue.js';

// Jobs written by an older program are still in the queue when a newer one starts. These were written by 0.1.0 and stay as they are.
const predict_0_1_0 = {
  v: 1,
  batchId: '01a1f9ac-f16d-7580-b652-c66a23750288',
  model: 'iris-classifier',
  version: 1,
  replyTo: '01a1f9ac-0000-7000-8000-000000000000',
  ids: ['01a1f9ac-f16d-7580-b652-c66a23750289'],
  receivedAt: [1795190223213],
  deadlineAt: [1795190233213],
  requests: [
    {
      requestId: 'order-7',
      subject: '8c1f0a6e0d7b4a6d',
      metadata: { site: 'north', tags: ['a'] },
      traceId: '01a1f9ac-f162-7396-b221-b3663d4387c5',
      warnings: [{ code: 'OUT_OF_RANGE', feature: 'petal_width', message: 'is above 10' }],
    },
  ],
  features: { sepal_length: [5.1], sepal_width: [3.5], petal_length: [1.4], petal_width: [null] },
};

const reply_0_1_0 = {
  v: 1,
  batchId: '01a1f9ac-f16d-7580-b652-c66a23750288',
  at: 1795190223230,
  outputs: {
    label: ['setosa', null],
    confidence: [0.99, null],
    probabilities: { classes: ['setosa', 'versicolor'], values: [0.99, 0.01, 0, 0] },
  },
  errors: [null, { code: 'INFERENCE_FAILED', message: 'iris-classifier@1 failed' }],
  timings: { queueMs: [3, 3], computeMs: 0.4 },
};

const notification_0_1_0 = {
  v: 1,
  transitionId: '01a1f9ac-f16d-7580-b652-c66a23750290',
  sink: 'webhook',
  transition: {
    v: 1,
    id: '01a1f9ac-f16d-7580-b652-c66a23750290',
    from: 'pending',
    to: 'firing',
    at: 1795190223230,
    by: null,
    comment: null,
    value: 0.61,
    notify: true,
    alert: {
      id: '01a1f9ac-f16d-7580-b652-c66a23750291',
      model: 'iris-classifier',
      version: 1,
      monitor: 'confidence',
      key: 'mean',
      severity: 'warning',
      state: 'firing',
      summary: 'The mean confidence is 0.61',
      value: 0.61,
      threshold: 0.7,
      startedAt: 1795190213230,
      firedAt: 1795190223230,
      resolvedAt: null,
      acknowledgedBy: null,
    },
  },
};

describe('payloads written by 0.1.0', () => {
  it.each([
    ['predict', catalogue.predict.payload, predict_0_1_0],
    ['a reply', predictReplySchema, reply_0_1_0],
    ['deliver-notification', catalogue['deliver-notification'].payload, notification_0_1_0],
    ['enforce-retention', catalogue['enforce-retention'].payload, { v: 1 }],
  ])('%s still parses to the same content', (_name, schema, payload) => {
    expect(schema.parse(payload)).toEqual(payload);
  });
});

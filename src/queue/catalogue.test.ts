import { describe, expect, it } from 'vitest';
import { FIELD } from '../events/codec.js';
import { jobs } from './catalogue.js';
import { predictReplyCodec } from './predict-reply.js';

// Jobs written by an older program are still in the queue when a newer one starts. These were written by 0.1.0, and packed by
// what came after it, and stay as they are.
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

const predictPacked = {
  v: 2,
  b:
    'AQEAAaH5rPFtdYC2UsZqI3UCiB5pcmlzLWNsYXNzaWZpZXIAAAAAAADwPwABofmsAABwAIAAAAAAAAAAAQABofms8W11gLZSxmojdQKJAdrF55q/aB8B' +
    'AQ5vcmRlci03AQABASA4YzFmMGE2ZTBkN2I0YTZkAQABATp7InNpdGUiOiJub3J0aCIsInRhZ3MiOlsiYSJdfQEAAAGh+azxYnOWsiGzZj1Dh8UBAZIB' +
    'W3siY29kZSI6Ik9VVF9PRl9SQU5HRSIsImZlYXR1cmUiOiJwZXRhbF93aWR0aCIsIm1lc3NhZ2UiOiJpcyBhYm92ZSAxMCJ9XQEABBhzZXBhbF9sZW5n' +
    'dGgAEWYWc2VwYWxfd2lkdGgAEUYYcGV0YWxfbGVuZ3RoABEcFnBldGFsX3dpZHRoAAAB+uHomr9o',
};

const replyPacked =
  'AQMAAaH5rPFtdYC2UsZqI3UCiAIA4BfPmh96QgsBAQxzZXRvc2GFAAEApcYBAQACDHNldG9zYRR2ZXJzaWNvbG9yJQBjAQAAAQEBIElORkVSRU5DRV9G' +
  'QUlMRUSFAAABAQEwaXJpcy1jbGFzc2lmaWVyQDEgZmFpbGVkhQAAAQEGmpmZmZmZ2T8=';

describe('payloads of yesterday', () => {
  it.each([
    ['predict in JSON', jobs.predict, predict_0_1_0, predict_0_1_0],
    ['predict packed', jobs.predict, predictPacked, predict_0_1_0],
    ['deliver-notification', jobs['deliver-notification'], notification_0_1_0, notification_0_1_0],
    ['enforce-retention', jobs['enforce-retention'], { v: 1 }, { v: 1 }],
  ])('%s are still read to the same content', (_name, job, data, content) => {
    expect(job.codec.decode(data)).toEqual({ ok: true, value: content });
  });

  it.each([
    ['in JSON', FIELD.json, JSON.stringify(reply_0_1_0)],
    ['packed', FIELD.packed, Buffer.from(replyPacked, 'base64')],
  ])('replies %s are still read to the same content', (_name, field, payload) => {
    expect(predictReplyCodec.decode([field, payload])).toEqual({ ok: true, value: reply_0_1_0 });
  });
});

describe('a payload that cannot be read', () => {
  const cut = { v: 2, b: predictPacked.b.slice(0, 200) };
  it.each([
    ['a version nobody wrote', { ...predict_0_1_0, v: 3 }],
    ['packed and cut off', cut],
    ['packed and something else', { v: 2, b: replyPacked }],
    ['packed and no base64', { v: 2, b: '%%%' }],
    ['packed and nothing', { v: 2, b: '' }],
    ['no object', 7],
  ])('says so without throwing: %s', (_name, data) => {
    expect(jobs.predict.codec.decode(data)).toMatchObject({ ok: false });
  });
});

it('tells the requests of a batch, twenty at most and each once', () => {
  const requests = Array.from({ length: 100 }, (_, i) => ({ traceId: `t${i >> 1}` }));
  const traceIds = jobs.predict.codec.traceIds({ ...predict_0_1_0, v: 1, requests: [{}, ...requests] });
  expect(traceIds).toEqual(Array.from({ length: 20 }, (_, i) => `t${i}`));
});

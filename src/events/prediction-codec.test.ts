// Executed batches in bytes: read back as they were, in few bytes, and whatever else the bytes are, never a throw.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELD } from './codec.js';
import type { Cell, PredictionBatch, RowRequest } from './prediction-batch.js';
import { predictionBatchCodec } from './prediction-codec.js';

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1000),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(
    0,
    -0,
    5e-324,
    -2.5e-310,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    2 ** 52,
    -(2 ** 52),
    2 ** 53,
    1795190223213,
  ),
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.uuid(),
  fc.constantFrom('', '\ud83e', 'A1A1F9AC-0000-7000-8000-000000000000', '\u0000', '__proto__'),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const few = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: 1, maxLength: 3 });

/** So many values of one kind, many of them the same in some columns. */
function column<T>(rows: number, value: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  const full = fc.array(value, { minLength: rows, maxLength: rows });
  const repeated = few(value).map((values) => Array.from({ length: rows }, (_, i) => pick(values, i)));
  return fc.oneof(full, repeated);
}
function pick<T>(values: readonly T[], i: number): T {
  const value = values[i % values.length];
  if (value === undefined) throw new Error('no values');
  return value;
}

const metadata = fc.dictionary(
  text.filter((key) => key !== '__proto__'),
  fc.oneof(
    text,
    number.filter((n) => !Object.is(n, -0)),
    fc.constant({ deep: [1, null] }),
  ),
  { noNullPrototype: true },
);
const warning = fc.record(
  {
    code: fc.constantFrom('OUT_OF_RANGE' as const, 'UNSEEN_CATEGORY' as const, 'MISSING_VALUE' as const),
    feature: text,
    message: text,
  },
  { noNullPrototype: true },
);
const decimal = number.filter((n) => !Object.is(n, -0));
const request: fc.Arbitrary<RowRequest> = fc.record(
  {
    requestId: text,
    subject: text,
    metadata,
    traceId: text,
    warnings: fc.array(warning, { maxLength: 2 }),
    thresholds: fc.record({ confidence: decimal, iou: decimal }, { requiredKeys: [], noNullPrototype: true }),
  },
  { requiredKeys: [], noNullPrototype: true },
);
const box = fc.record({ x: number, y: number, width: number, height: number }, { noNullPrototype: true });
const detection = fc.record(
  { label: text, confidence: number, box, cut: fc.boolean() },
  { requiredKeys: ['label', 'confidence', 'box'], noNullPrototype: true },
);
const picture = fc.record(
  {
    width: decimal,
    height: decimal,
    format: text,
    sizeBytes: decimal,
    sha256: text,
    tiles: decimal,
    brightness: decimal,
    contrast: decimal,
    saturation: decimal,
    sharpness: decimal,
  },
  { noNullPrototype: true },
);
const features = (rows: number): fc.Arbitrary<Record<string, Cell[]>> => {
  const kinds: fc.Arbitrary<Cell>[] = [
    number,
    text,
    fc.boolean(),
    fc.oneof(
      number.filter((n) => !Object.is(n, -0)),
      text,
      fc.boolean(),
    ),
  ];
  const cells = fc.constantFrom(...kinds).chain((kind) => column<Cell>(rows, maybe(kind)));
  const names = fc.uniqueArray(fc.stringMatching(/^[a-zA-Z]\w{0,8}$/), { maxLength: 4 });
  return names
    .chain((known) => fc.tuple(...known.map((name) => cells.map((c) => [name, c] as const))))
    .map((entries) => Object.fromEntries(entries));
};
const outputs = (rows: number): fc.Arbitrary<PredictionBatch['outputs']> => {
  const probabilities = few(text).chain((classes) =>
    column(rows * classes.length, number).map((values) => ({ classes, values })),
  );
  return fc.record(
    {
      label: column(rows, maybe(text)),
      confidence: column(rows, maybe(number)),
      value: column(rows, maybe(number)),
      probabilities,
      detections: column(rows, maybe(fc.array(detection, { maxLength: 4 }))),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
};
const REQUIRED: Exclude<keyof PredictionBatch, 'pictures'>[] = [
  'v',
  'batchId',
  'model',
  'version',
  'at',
  'ids',
  'receivedAt',
  'requests',
  'features',
  'outputs',
  'errors',
  'timings',
];
const batches: fc.Arbitrary<PredictionBatch> = fc.integer({ min: 1, max: 12 }).chain((rows) =>
  fc.record(
    {
      v: fc.constant(1 as const),
      batchId: text,
      model: text,
      version: fc.maxSafeInteger(),
      at: number,
      ids: column(rows, text),
      receivedAt: column(rows, number),
      requests: column(rows, request),
      features: features(rows),
      outputs: outputs(rows),
      pictures: column(rows, maybe(picture)),
      errors: column(rows, maybe(fc.record({ code: text, message: text }, { noNullPrototype: true }))),
      timings: fc.record({ queueMs: column(rows, number), computeMs: number }, { noNullPrototype: true }),
    },
    { noNullPrototype: true, requiredKeys: REQUIRED },
  ),
);

/** A batch as the shipped models make them. */
function irisBatch(rows: number): PredictionBatch {
  const rowsOf = <T>(value: (row: number) => T) => Array.from({ length: rows }, (_, row) => value(row));
  const id = (row: number) => `01a1f9ac-f16d-7580-b652-${row.toString(16).padStart(12, '0')}`;
  return {
    v: 1,
    batchId: id(rows),
    model: 'iris-classifier',
    version: 1,
    at: 1795190223230,
    ids: rowsOf(id),
    receivedAt: rowsOf((row) => 1795190223213 + (row % 7)),
    requests: rowsOf(() => ({ traceId: id(0) })),
    features: {
      sepal_length: rowsOf((row) => 4 + (row % 40) / 10),
      sepal_width: rowsOf((row) => (row % 9 === 0 ? null : 3.5)),
    },
    outputs: {
      label: rowsOf((row) => (row % 2 === 0 ? 'setosa' : 'virginica')),
      confidence: rowsOf((row) => Math.fround(0.9 + row / 1e6)),
      probabilities: {
        classes: ['setosa', 'virginica'],
        values: [...rowsOf((row) => Math.fround(0.9 + row / 1e6)), ...rowsOf(() => 0)],
      },
    },
    errors: rowsOf(() => null),
    timings: { queueMs: rowsOf((row) => row % 7), computeMs: 0.4 },
  };
}

describe('an executed batch', () => {
  it('is read back exactly as it was written, and by bytes only', () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const event = predictionBatchCodec.encode(batch);
        expect(event[0]).toBe(FIELD.packed);
        expect(predictionBatchCodec.decode(event)).toStrictEqual({ ok: true, value: batch });
      }),
      { numRuns: 500 },
    );
  });

  it.each([1, 10_000])('is read back exactly with %i rows', (rows) => {
    const batch = irisBatch(rows);
    expect(predictionBatchCodec.decode(predictionBatchCodec.encode(batch))).toStrictEqual({
      ok: true,
      value: batch,
    });
  });

  it('takes less than a quarter of what it takes in JSON', () => {
    const batch = irisBatch(100);
    const [, payload] = predictionBatchCodec.encode(batch);
    expect(payload.length * 4).toBeLessThan(JSON.stringify(batch).length);
  });

  it('tells what is not finite as missing, as JSON does', () => {
    const batch = { ...irisBatch(3), features: { a: [NaN, Infinity, 1] } };
    const decoded = predictionBatchCodec.decode(predictionBatchCodec.encode(batch));
    expect(decoded).toMatchObject({ ok: true, value: { features: { a: [null, null, 1] } } });
  });

  it('is read as it was written before it was packed', () => {
    const batch = irisBatch(2);
    expect(predictionBatchCodec.decode([FIELD.json, JSON.stringify(batch)])).toEqual({
      ok: true,
      value: batch,
    });
    expect(predictionBatchCodec.decode([FIELD.json, Buffer.from(JSON.stringify(batch))])).toMatchObject({
      ok: true,
    });
  });

  // Written by the first version that packed, and to stay as it is.
  it('is read as it was written by the first that packed', () => {
    const payload = Buffer.from(
      'AQIBAQJiAQAKcm9vbXMAAAAAAAAAQAIBAkgwMWExZjlhYy1mMTZkLTc1ODAtYjY1Mi1jNjZhMjM3NTAyODkGdHdvBQAAASWouvL4sNFRABkI' +
        'AQECdIUAAAEEBmNvMgCV7kEBAAhyb29tAgECDG9mZmljZRBsYWIg8J+nqgUAAAEIb3BlbgGFAgEACm1peGVkAw5bMSwieCJdAgDoF8+aH3pCBILN' +
        'zMw9AADAfwEBASBJTkZFUkVOQ0VfRkFJTEVEhQAAAQEBBG5vhQAAARUAAAFVVVVVVVXVPw==',
      'base64',
    );
    expect(predictionBatchCodec.decode([FIELD.packed, payload])).toEqual({
      ok: true,
      value: {
        v: 1,
        batchId: 'b',
        model: 'rooms',
        version: 2,
        at: 1795190223230.5,
        ids: ['01a1f9ac-f16d-7580-b652-c66a23750289', 'two'],
        receivedAt: [1795190223213, 1795190223213.25],
        requests: [{}, { traceId: 't' }],
        features: { co2: [421.5, null], room: ['office', 'lab 🧪'], open: [true, null], mixed: [1, 'x'] },
        outputs: { value: [Math.fround(0.1), null] },
        errors: [null, { code: 'INFERENCE_FAILED', message: 'no' }],
        timings: { queueMs: [0, 0.1], computeMs: 1 / 3 },
      },
    });
  });

  it('may be followed by what a later version adds', () => {
    const [field, payload] = predictionBatchCodec.encode(irisBatch(2));
    const longer = Buffer.concat([Buffer.from(payload), Buffer.from([1, 2, 3])]);
    expect(predictionBatchCodec.decode([field, longer])).toEqual({ ok: true, value: irisBatch(2) });
  });
});

describe('bytes that are no batch', () => {
  const [, whole] = predictionBatchCodec.encode(irisBatch(20));
  const bytes = Buffer.from(whole);

  it('are told apart without a throw, wherever a batch is cut off', () => {
    for (let size = 0; size < bytes.length; size += 1) {
      const decoded = predictionBatchCodec.decode([FIELD.packed, bytes.subarray(0, size)]);
      expect(decoded.ok).toBe(false);
    }
  });

  it('never throw, whatever they are', () => {
    const garbage = fc.uint8Array({ maxLength: 400 });
    fc.assert(
      fc.property(garbage, fc.boolean(), (array, hasHead) => {
        const head = hasHead ? [1, 2] : [];
        predictionBatchCodec.decode([FIELD.packed, Buffer.from([...head, ...array])]);
        predictionBatchCodec.decode([FIELD.json, Buffer.from(array)]);
      }),
      { numRuns: 3000 },
    );
  });

  it('never throw when some of them were changed, and make a whole batch or none', () => {
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(changes, (list) => {
        const changed = Buffer.from(bytes);
        for (const [at, byte] of list) changed[at] = byte;
        const decoded = predictionBatchCodec.decode([FIELD.packed, changed]);
        if (!decoded.ok) return;
        const { ids, receivedAt, requests, features: cells, errors, timings } = decoded.value;
        for (const array of [receivedAt, requests, errors, timings.queueMs, ...Object.values(cells)])
          expect(array).toHaveLength(ids.length);
      }),
      { numRuns: 3000 },
    );
  });

  it('do not fill the memory with rows that they only claim', () => {
    // A column of one value takes no bytes per row, so a few bytes could claim a billion rows.
    const [, one] = predictionBatchCodec.encode({ ...irisBatch(1), ids: ['x'] });
    const claims = Buffer.from(one);
    const rowsAt = claims.indexOf(Buffer.from([1, 1, 1, 2, 0x78]));
    const claimed = Buffer.concat([
      claims.subarray(0, rowsAt),
      Buffer.from([255, 255, 255, 255, 15]),
      claims.subarray(rowsAt + 1),
    ]);
    const before = process.memoryUsage().rss;
    expect(predictionBatchCodec.decode([FIELD.packed, claimed])).toMatchObject({ ok: false });
    expect(process.memoryUsage().rss - before).toBeLessThan(512 * 1024 * 1024);
  });
});

// Arguments out of bounds are refused with the path of each problem; null counts as not given.
import { expect, it } from 'vitest';
import { AppError } from '../errors.js';
import {
  createUploadRules,
  feedbackRules,
  metricFilterRules,
  pageRules,
  predictBatchRules,
  predictImageRules,
  predictRules,
} from './argument-rules.js';
import { parseInput } from './parse-input.js';

const predict = { model: 'iris-classifier', features: { a: 1 } };
const boxes = (n: number, box: Record<string, number> = {}) =>
  Array.from({ length: n }, () => ({ label: 'a', box: { x: 0, y: 0, width: 1, height: 1, ...box } }));
const found = (detections: unknown, items = 1) =>
  Array.from({ length: items }, (_, i) => ({ predictionId: `p${i}`, detections }));
const image = { model: 'm', imageBase64: 'AAEC' };
const deep = (levels: number): unknown => (levels === 0 ? 1 : { x: deep(levels - 1) });

it.each([
  ['a box without width', feedbackRules, found(boxes(1, { width: 0 })), 'input[0].detections[0].box.width'],
  ['a box of no number', feedbackRules, found(boxes(1, { x: NaN })), 'input[0].detections[0].box.x'],
  [
    'a box without end',
    feedbackRules,
    found(boxes(1, { height: Infinity })),
    'input[0].detections[0].box.height',
  ],
  ['10,001 boxes of one picture', feedbackRules, found(boxes(10_001)), 'input[0].detections'],
  ['50,001 boxes in all', feedbackRules, [...found(boxes(10_000), 5), ...found(boxes(1))], 'input'],
  ['boxes of 101 pictures', feedbackRules, found([], 101), 'input'],
  ['an upper-case model name', predictRules, { ...predict, model: 'Iris' }, 'input.model'],
  ['version 0', predictRules, { ...predict, version: 0 }, 'input.version'],
  [
    'a deadline over ten minutes for a picture',
    predictImageRules,
    { ...image, deadlineMs: 600_001 },
    'input.deadlineMs',
  ],
  ['a deadline over a minute', predictRules, { ...predict, deadlineMs: 60_001 }, 'input.deadlineMs'],
  ['an empty requestId', predictRules, { ...predict, requestId: '' }, 'input.requestId'],
  ['a subject of 201 characters', predictRules, { ...predict, subject: 'x'.repeat(201) }, 'input.subject'],
  ['metadata over 4 KB', predictRules, { ...predict, metadata: { a: 'x'.repeat(5000) } }, 'input.metadata'],
  ['metadata too deep', predictRules, { ...predict, metadata: deep(6) }, 'input.metadata'],
  [
    'metadata so deep it cannot be serialised',
    predictRules,
    { ...predict, metadata: deep(5000) },
    'input.metadata',
  ],
  [
    'a prototype key among features',
    predictRules,
    { ...predict, features: JSON.parse('{"__proto__": 1}') as unknown },
    'input.features.__proto__',
  ],
  [
    'a prototype key in metadata',
    predictRules,
    { ...predict, metadata: JSON.parse('{"__proto__": 1}') as unknown },
    'input.metadata',
  ],
  ['no instances', predictBatchRules, { model: 'm', instances: [] }, 'input.instances'],
  ['1001 instances', predictBatchRules, { model: 'm', instances: Array(1001).fill({}) }, 'input.instances'],
  ['1001 feedback items', feedbackRules, Array(1001).fill({ predictionId: 'p' }), 'input'],
  ['a value that is no number', feedbackRules, [{ predictionId: 'p', value: NaN }], 'input[0].value'],
  ['base64 with a space', predictImageRules, { ...image, imageBase64: 'AA EC' }, 'input.imageBase64'],
  ['base64 without padding', predictImageRules, { ...image, imageBase64: 'AAE' }, 'input.imageBase64'],
  ['base64 for addresses', predictImageRules, { ...image, imageBase64: '__-_' }, 'input.imageBase64'],
  ['an empty picture', predictImageRules, { ...image, imageBase64: 'data:;base64,' }, 'input.imageBase64'],
  [
    'a picture of one byte too many',
    predictImageRules,
    { ...image, imageBase64: Buffer.alloc(5_000_001).toString('base64') },
    'input.imageBase64',
  ],
  ['two pictures', predictImageRules, { ...image, uploadId: 'u' }, 'input'],
  ['no picture', predictImageRules, { model: 'm' }, 'input'],
  ['an overlap of -1', predictImageRules, { ...image, iou: -1 }, 'input.iou'],
  ['an upload of nothing', createUploadRules, { sizeBytes: 0, contentType: 'image/png' }, 'input.sizeBytes'],
  ['a page of 501', pageRules, { first: 501 }, 'input.first'],
  ['a page of 0', pageRules, { first: 0 }, 'input.first'],
  [
    'a span that ends before it begins',
    metricFilterRules,
    { model: 'm', from: new Date(2), to: new Date(1) },
    'input.to',
  ],
])('refuses %s', (_name, rules, value, path) => {
  const refused = capture(() => parseInput(rules, value, 'input'));
  expect(refused.code).toBe('INVALID_INPUT');
  expect(refused.details.issues?.map((issue) => issue.path)).toContain(path);
});

it('reads null as not given and keeps features as they came', () => {
  const features = { a: Infinity, b: 'x' };
  const parsed = parseInput(predictRules, { ...predict, features, version: null, metadata: null });
  expect(parsed).toEqual({ model: 'iris-classifier', features });
  expect(parsed.features).toBe(features);
});

it('reads a picture from base64, with or without what a browser puts before it', () => {
  const picture = Buffer.from([0, 1, 2]);
  for (const imageBase64 of ['AAEC', 'data:image/png;base64,AAEC'])
    expect(parseInput(predictImageRules, { ...image, imageBase64 })).toEqual({ model: 'm', picture });
});

it('accepts the largest of everything', () => {
  expect(parseInput(pageRules, { first: 500 }).first).toBe(500);
  expect(
    parseInput(predictBatchRules, { model: 'm', instances: Array(1000).fill({}) }).instances,
  ).toHaveLength(1000);
});

function capture(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('nothing was refused');
}

// What a stream's key says of itself in the labels of a metric.
import { expect, it } from 'vitest';
import { createKeys, describeStream, parkedStreamOf } from './keys.js';

const keys = createKeys('a').model('iris');

it.each([
  ['of a model', keys.predictions, { stream: 'predictions', model: 'iris' }],
  ['of what was parked', parkedStreamOf(keys.predictions), { stream: 'predictions:parked', model: 'iris' }],
  [
    'of replies, whose process is told to nobody',
    keys.replies('01a1f9ac'),
    { stream: 'replies', model: 'iris' },
  ],
  ['of no model', 'elsewhere', { stream: 'elsewhere', model: 'none' }],
])('is known by kind and model: a stream %s', (_name, key, labels) => {
  expect(describeStream(key)).toEqual(labels);
});

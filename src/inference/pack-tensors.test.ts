// Columns become tensors of each element type, and what a type cannot hold is refused rather than wrapped.
import { describe, expect, test } from 'vitest';
import type { Cell } from '../events/prediction-batch.js';
import { packTensors } from './pack-tensors.js';
import type { ElementType, InputPlan } from './thread-protocol.js';

const input = (features: readonly string[], required = false): InputPlan => ({
  tensor: 'x',
  kind: 'numbers',
  columns: features.map((feature) => ({ feature, required, sample: 0 })),
});
const pack = (type: ElementType, cells: Cell[], required = false) =>
  packTensors([input(['a'], required)], [type], { a: cells }, cells.length)[0];

describe('packTensors', () => {
  test.each([
    ['float32', [0.5, null, true], new Float32Array([0.5, Number.NaN, 1])],
    ['float64', [0.1, -2, false], new Float64Array([0.1, -2, 0])],
    ['int32', [2 ** 31 - 1, -(2 ** 31), true], new Int32Array([2 ** 31 - 1, -(2 ** 31), 1])],
    ['int64', [2 ** 53 - 1, -5, 0], new BigInt64Array([2n ** 53n - 1n, -5n, 0n])],
    ['bool', [true, false, 1], new Uint8Array([1, 0, 1])],
    ['string', ['x', null, ''], ['x', '', '']],
  ] as const)('fills a %s tensor', (type, cells, values) => {
    expect(pack(type, [...cells])).toEqual(values);
  });

  test('several columns lie side by side, row by row, each tensor in its own type', () => {
    const inputs = [input(['a', 'b']), { ...input(['c']), tensor: 'y' }];
    const columns = { c: [true, false], b: [2, 4], a: [1, 3] };
    expect(packTensors(inputs, ['float32', 'bool'], columns, 2)).toEqual([
      new Float32Array([1, 2, 3, 4]),
      new Uint8Array([1, 0]),
    ]);
  });

  test.each([
    [
      'int32',
      2 ** 31,
      'feature "a" is not a whole number in range, which the integer tensor "x" cannot hold',
    ],
    ['int64', 2 ** 53, 'not a whole number in range'],
    ['bool', 2, 'not a whole number in range'],
    ['bool', -1, 'not a whole number in range'],
    ['int32', 0.5, 'not a whole number in range'],
    ['int64', null, 'feature "a" is missing, which the integer tensor "x" cannot hold'],
    ['float32', '1', 'feature "a" holds a string, its tensor takes numbers'],
    ['string', 1, 'feature "a" holds a number, its tensor takes strings'],
  ] as const)('refuses in a %s tensor: %o', (type, cell, message) => {
    expect(() => pack(type, [cell])).toThrow(message);
  });

  test('refuses a missing value of a required feature, and names the row', () => {
    expect(() => pack('float32', [1, null], true)).toThrow('feature "a" is missing in row 1');
    expect(() => packTensors([input(['a'], true)], ['string'], {}, 1)).toThrow('missing in row 0');
  });
});

import { describe, expect, it } from 'vitest';
import { modelManifestSchema } from '../manifest/model-manifest.js';
import { CLIP, fitPreprocessing, prepare, preparedWidth } from './preprocessing.js';

const manifest = modelManifestSchema.parse({
  name: 'test',
  title: 'Test',
  task: 'classification',
  features: [
    { name: 'size', type: 'number' },
    { name: 'constant', type: 'integer' },
    { name: 'colour', type: 'category', categories: ['red', 'blue'] },
  ],
  classes: ['a', 'b'],
  inputs: [
    { tensor: 'numbers', features: ['constant', 'size'] },
    { tensor: 'colour', features: ['colour'] },
  ],
  outputs: { probabilities: 'p' },
});
const data = [2, 4, 6, 8].map((size) => ({ features: { size, constant: 7, colour: 'red' }, truth: 'a' }));

describe('preprocessing', () => {
  const inputs = fitPreprocessing(manifest, data);

  it('standardises by population mean and deviation, in the order of the tensor columns', () => {
    expect(inputs[0]).toEqual({
      kind: 'numeric',
      tensor: 'numbers',
      columns: [
        { feature: 'constant', mean: 7, std: 1 },
        { feature: 'size', mean: 5, std: 2.236068 },
      ],
    });
    expect(preparedWidth(inputs)).toBe(4);
    const [constant, size, red, blue] = prepare(inputs, { size: 7.236068, constant: 7, colour: 'blue' });
    expect([constant, red, blue]).toEqual([0, 0, 1]);
    expect(size).toBeCloseTo(1, 9);
  });

  it('reads a missing number as the mean, keeps wild ones within bounds and an unknown category as none', () => {
    expect([...prepare(inputs, { size: NaN, constant: Infinity, colour: 'green' })]).toEqual([CLIP, 0, 0, 0]);
    expect([...prepare(inputs, { constant: -1e300 })]).toEqual([-CLIP, 0, 0, 0]);
  });

  it('learns from the values there are and refuses a feature without any', () => {
    const gaps = [...data, { features: { size: NaN, constant: 7, colour: 'red' }, truth: 'a' }];
    expect(fitPreprocessing(manifest, gaps)).toEqual(inputs);
    expect(() => fitPreprocessing(manifest, [{ features: { size: 1 }, truth: 'a' }])).toThrow(
      'feature "constant" has no value in the data',
    );
  });

  it('refuses a tensor that mixes numbers and categories, by name', () => {
    const mixed = { ...manifest, inputs: [{ tensor: 'all', features: ['size', 'colour'] }] };
    expect(() => fitPreprocessing(mixed, data)).toThrow('tensor "all"');
  });
});

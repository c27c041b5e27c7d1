import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modelManifestSchema } from '../manifest/model-manifest.js';
import { createFeatureCheck } from './check-features.js';

const names = ['width', 'count', 'room', 'open', 'note', 'toString'];
const manifest = modelManifestSchema.parse({
  name: 'rooms',
  title: 'Rooms',
  task: 'regression',
  features: [
    { name: 'width', type: 'number', unit: 'cm', min: 0, max: 10 },
    { name: 'count', type: 'integer', min: 0, max: 5, strict: true },
    { name: 'room', type: 'category', categories: ['office', 'kitchen'] },
    { name: 'open', type: 'boolean', required: false },
    { name: 'note', type: 'text', required: false },
    { name: 'toString', type: 'category', categories: ['a', 'b'], strict: true, required: false },
  ],
  inputs: [{ tensor: 'x', features: names }],
  outputs: { value: 'y' },
});
const check = createFeatureCheck(manifest);
const good = { width: 1.5, count: 2, room: 'office', open: true, note: 'hot', toString: 'a' };

test('what fits comes back as it was given, without warnings', () => {
  expect(check(good)).toEqual({ ok: true, row: good, warnings: [] });
});

describe('refused, with the field and the reason', () => {
  const cases: [string, Record<string, unknown>, string, string][] = [
    ['a missing required feature', { width: null }, 'width', 'is missing; this model needs a number here'],
    ['a string for a number', { width: '1.5' }, 'width', 'expected a number, got a string'],
    ['a boolean for a number', { width: true }, 'width', 'expected a number, got a boolean'],
    ['a list for a number', { width: [1] }, 'width', 'expected a number, got a list'],
    ['an object for a string', { room: {} }, 'room', 'expected a string, got an object'],
    ['a number for a category', { room: 1 }, 'room', 'expected a string, got a number'],
    ['a number for a boolean', { open: 1 }, 'open', 'expected true or false, got a number'],
    ['NaN', { width: Number.NaN }, 'width', 'expected a finite number, got NaN'],
    ['infinity', { width: -Infinity }, 'width', 'expected a finite number, got -Infinity'],
    ['a number beyond float32', { width: 1e39 }, 'width', "1e+39 is too large for the model's numbers"],
    ['a fraction for an integer', { count: 2.5 }, 'count', 'expected a whole number, got 2.5'],
    ['out of a strict range', { count: 6 }, 'count', '6 is above the maximum of 5'],
    ['an unknown strict category', { toString: 'c' }, 'toString', '"c" is not one of a, b'],
    ['a text too long', { note: 'x'.repeat(10_001) }, 'note', 'expected at most 10000 characters, got 10001'],
    ['a NUL', { note: 'a\0b' }, 'note', 'contains a NUL character or half of a surrogate pair'],
    ['half a character', { note: '\ud83d' }, 'note', 'contains a NUL character or half of a surrogate pair'],
    ['a misspelt name', { widht: 1 }, 'widht', 'is not a feature of this model; did you mean "width"?'],
    [
      'an unknown name',
      { zebra: 1 },
      'zebra',
      'is not a feature of this model; it has width, count, room, open, note, toString',
    ],
  ];
  test.each(cases)('%s', (_, change, name, message) => {
    expect(check({ ...good, ...change })).toEqual({
      ok: false,
      issues: [{ path: `features.${name}`, message }],
    });
  });

  test.each(['__proto__', 'constructor', 'hasOwnProperty'])('%s as a name is an unknown feature', (name) => {
    const features = JSON.parse(`{"${name}": {"width": 3}}`) as Record<string, unknown>;
    expect(check(Object.assign(features, good))).toMatchObject({
      ok: false,
      issues: [{ path: `features.${name}` }],
    });
    expect(({} as { width?: number }).width).toBeUndefined();
  });

  test('all issues at once, under the given path', () => {
    const verdict = check({ width: 'a', room: 3, zebra: 1 }, 'instances.4.features');
    expect(verdict.ok ? [] : verdict.issues.map((i) => i.path)).toEqual([
      'instances.4.features.width',
      'instances.4.features.count',
      'instances.4.features.room',
      'instances.4.features.zebra',
    ]);
  });

  test('at most fifty issues, and no long value or name in any', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${'x'.repeat(500)}${i}`, 1]));
    const verdict = check({ ...many, toString: 'z'.repeat(9_000) });
    expect(verdict.ok ? [] : verdict.issues).toHaveLength(50);
    expect(JSON.stringify(verdict)).not.toMatch(/[xz]{41}/);
  });
});

describe('accepted with a warning', () => {
  const cases: [string, Record<string, unknown>, object][] = [
    [
      'out of range',
      { width: 12 },
      { code: 'OUT_OF_RANGE', feature: 'width', message: '"width" is 12, above the maximum of 10 cm' },
    ],
    [
      'under the range',
      { width: -0.5 },
      { code: 'OUT_OF_RANGE', feature: 'width', message: '"width" is -0.5, below the minimum of 0 cm' },
    ],
    [
      'an unseen category',
      { room: 'attic' },
      {
        code: 'UNSEEN_CATEGORY',
        feature: 'room',
        message: '"room": "attic" is not one of office, kitchen',
      },
    ],
    [
      'a missing optional feature',
      { open: null },
      { code: 'MISSING_VALUE', feature: 'open', message: '"open" was not given; the model saw a gap' },
    ],
  ];
  test.each(cases)('%s', (_, change, warning) => {
    expect(check({ ...good, ...change })).toEqual({
      ok: true,
      row: { ...good, ...change },
      warnings: [warning],
    });
  });

  test('a feature named as something every object inherits is missing when it is not given', () => {
    expect(check({ width: 1, count: 2, room: 'office', open: true, note: '' })).toMatchObject({
      ok: true,
      row: { toString: null },
      warnings: [{ code: 'MISSING_VALUE' }],
    });
  });
});

describe('whatever comes', () => {
  const jsonObject = fc.dictionary(
    fc.oneof(fc.constantFrom(...names, '__proto__', 'constructor'), fc.string()),
    fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.double(), fc.constantFrom('office', 'attic', 'a', 3)),
    { noNullPrototype: false },
  );

  test('it answers without throwing, with the row of the manifest or with bounded issues', () => {
    fc.assert(
      fc.property(jsonObject, (features) => {
        const verdict = check(features);
        if (verdict.ok) expect(Object.keys(verdict.row)).toEqual(names);
        else {
          expect(verdict.issues.length).toBeGreaterThan(0);
          expect(verdict.issues.length).toBeLessThanOrEqual(50);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('what it accepts, it accepts again from its own row', () => {
    const nearlyGood = fc.record(
      {
        width: fc.double({ min: -20, max: 20, noNaN: true }),
        count: fc.integer({ min: 0, max: 5 }),
        room: fc.string(),
        open: fc.option(fc.boolean()),
        note: fc.option(fc.string()),
      },
      { requiredKeys: ['width', 'count', 'room'] },
    );
    fc.assert(
      fc.property(nearlyGood, (features) => {
        const verdict = check(features);
        if (verdict.ok) expect(check(verdict.row)).toEqual(verdict);
      }),
      { numRuns: 500 },
    );
  });
});

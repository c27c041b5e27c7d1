// The bounds hold for every value, over any order, any merge and any ageing, in bounded memory.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createFrequentValues, type FrequentValues } from './frequent-values.js';

const CAPACITY = 4;
const streams = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'), {
  maxLength: 120,
});

function fed(values: readonly string[]): FrequentValues {
  const sketch = createFrequentValues(CAPACITY);
  for (const value of values) sketch.add(value);
  return sketch;
}

function merged(...parts: readonly FrequentValues[]): FrequentValues {
  const sketch = createFrequentValues(CAPACITY);
  for (const part of parts) sketch.merge(part);
  return sketch;
}

function expectBounds(sketch: FrequentValues, values: readonly string[]): void {
  const kept = sketch.values().reduce((sum, { lower }) => sum + lower, 0);
  const allowed = (values.length - kept) / (CAPACITY + 1);
  expect(sketch.total()).toBe(values.length);
  for (const value of 'abcdefghij') {
    const truth = values.filter((one) => one === value).length;
    const { lower, upper } = sketch.bounds(value);
    expect(lower).toBeLessThanOrEqual(truth);
    expect(upper).toBeGreaterThanOrEqual(truth);
    expect(upper - lower).toBeLessThanOrEqual(allowed + 1e-9);
  }
}

it('bounds how often every value came, and keeps at most its capacity', () => {
  fc.assert(
    fc.property(streams, (values) => {
      const sketch = fed(values);
      expectBounds(sketch, values);
      expect(sketch.values().length).toBeLessThanOrEqual(CAPACITY);
    }),
  );
});

it('keeps every value that makes more than a (capacity + 1)th of all', () => {
  fc.assert(
    fc.property(streams, (values) => {
      const kept = fed(values)
        .values()
        .map(({ value }) => value);
      for (const value of new Set(values))
        if (values.filter((one) => one === value).length * (CAPACITY + 1) > values.length)
          expect(kept).toContain(value);
    }),
  );
});

it('keeps its bounds through merges in any grouping, which commute', () => {
  fc.assert(
    fc.property(streams, streams, streams, (a, b, c) => {
      const all = [...a, ...b, ...c];
      expectBounds(merged(merged(fed(a), fed(b)), fed(c)), all);
      expectBounds(merged(fed(a), merged(fed(b), fed(c))), all);
      expect(merged(fed(a), fed(b)).values()).toEqual(merged(fed(b), fed(a)).values());
    }),
  );
  expect(() => {
    createFrequentValues(2).merge(createFrequentValues(3));
  }).toThrow('capacity');
});

it('lets the past count half, and forgets in the end', () => {
  const sketch = fed(['a', 'a', 'a', 'a', 'b']);
  sketch.age();
  sketch.add('b');
  expect(sketch.values()).toEqual([
    { value: 'a', lower: 2, upper: 2 },
    { value: 'b', lower: 1.5, upper: 1.5 },
  ]);
  for (let i = 0; i < 2000; i += 1) sketch.age();
  expect(sketch.values()).toEqual([]);
  expect(sketch.total()).toBe(0);
  expect(() => {
    fed([]).restore(JSON.parse(JSON.stringify(sketch.snapshot())));
  }).not.toThrow();
});

it('goes on from a snapshot as it would have, and refuses that of another capacity', () => {
  fc.assert(
    fc.property(streams, streams, fc.boolean(), (before, after, ages) => {
      const whole = fed(before);
      if (ages) whole.age();
      const restored = createFrequentValues(CAPACITY);
      restored.restore(JSON.parse(JSON.stringify(whole.snapshot())));
      for (const value of after) for (const sketch of [whole, restored]) sketch.add(value);
      expect(restored.snapshot()).toEqual(whole.snapshot());
    }),
  );
  expect(() => {
    fed([]).restore(createFrequentValues(9).snapshot());
  }).toThrow('capacity');
});

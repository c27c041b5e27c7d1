// The estimate is right to its standard error at every size, and parts merge exactly.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDistinctCount, type DistinctCount } from './distinct-count.js';

const STANDARD_ERROR = 0.0325;

function fed(values: readonly string[]): DistinctCount {
  const sketch = createDistinctCount();
  for (const value of values) sketch.add(value);
  return sketch;
}
const names = (n: number, prefix = 'user-') => Array.from({ length: n }, (_, i) => `${prefix}${i}`);

it('is right to four standard errors from one value to a hundred thousand', () => {
  expect(fed([]).estimate()).toBe(0);
  for (const n of [1, 10, 100, 500, 1000, 2500, 5000, 20_000, 100_000])
    expect(Math.abs(fed(names(n)).estimate() / n - 1), String(n)).toBeLessThan(4 * STANDARD_ERROR);
});

it('has about the error it states, and no bias, over many sets', () => {
  const errors = names(200, '').map((set) => fed(names(2000, `${set}:`)).estimate() / 2000 - 1);
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const spread = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
  expect(Math.abs(mean)).toBeLessThan((4 * STANDARD_ERROR) / Math.sqrt(errors.length));
  expect(spread).toBeLessThan(1.2 * STANDARD_ERROR);
});

it('counts a value once, however often it comes', () => {
  const values = names(300);
  expect(fed([...values, ...values, ...values]).snapshot()).toBe(fed(values).snapshot());
});

it('merges parts to exactly what one sketch of all would hold, in any order', () => {
  const sets = fc.array(fc.string(), { maxLength: 60 });
  fc.assert(
    fc.property(sets, sets, sets, (a, b, c) => {
      const [left, right] = [fed(a), fed(c)];
      left.merge(fed(b));
      left.merge(fed(c));
      right.merge(fed(b));
      right.merge(fed(a));
      expect(left.snapshot()).toBe(fed([...a, ...b, ...c]).snapshot());
      expect(right.snapshot()).toBe(left.snapshot());
    }),
    { numRuns: 30 },
  );
});

it('goes on from a snapshot of bounded size, and refuses what is none', () => {
  const whole = fed(names(5000));
  const restored = createDistinctCount();
  restored.restore(JSON.parse(JSON.stringify(whole.snapshot())));
  expect(restored.estimate()).toBe(whole.estimate());
  expect(whole.snapshot()).toHaveLength(1024);
  for (const state of [null, '', 'z'.repeat(1024), []])
    expect(() => {
      createDistinctCount().restore(state);
    }).toThrow();
});

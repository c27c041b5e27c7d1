// Every quantile is right to one percent of itself, whatever came in whatever order and however it was merged.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createQuantileSketch, type QuantileSketch } from './quantile-sketch.js';

const QUANTILES = [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1];
const values = fc.array(fc.oneof(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.constantFrom(0, 1, 0.02)), {
  maxLength: 200,
});

function fed(of: readonly number[]): QuantileSketch {
  const sketch = createQuantileSketch();
  for (const value of of) sketch.add(value);
  return sketch;
}

function expectQuantiles(sketch: QuantileSketch, of: readonly number[]): void {
  const sorted = [...of].sort((a, b) => a - b);
  expect(sketch.n()).toBe(of.length);
  for (const q of QUANTILES) {
    const truth = sorted[Math.floor(q * (of.length - 1))] ?? 0;
    const got = sketch.quantile(q);
    if (of.length === 0) expect(got).toBeUndefined();
    else expect(Math.abs((got ?? Number.NaN) - truth)).toBeLessThanOrEqual(truth * 0.01 * (1 + 1e-9) + 1e-9);
  }
}

const N = 20_000;
it.each([
  ['rising', (i: number) => i / 7],
  ['falling', (i: number) => (N - i) / 7],
  ['tied', (i: number) => [0, 0.5, 0.5, 3][i % 4] ?? 0],
  ['with a long tail', (i: number) => (1 - ((i * 7919) % N) / N) ** -2],
  ['of tiny and huge size', (i: number) => 10 ** (((i * 31) % 17) - 8)],
])('bounds the error of values that are %s', (_, valueOf) => {
  const all = Array.from({ length: N }, (__, i) => valueOf(i));
  expectQuantiles(fed(all), all);
});

it('bounds the error of any values, and merges in any order and grouping to the very same sketch', () => {
  fc.assert(
    fc.property(values, values, values, (a, b, c) => {
      const [left, right, inner] = [fed(a), fed(c), fed(b)];
      left.merge(fed(b));
      left.merge(fed(c));
      inner.merge(right);
      inner.merge(fed(a));
      expectQuantiles(left, [...a, ...b, ...c]);
      expect(inner.snapshot()).toEqual(left.snapshot());
      expect(left.snapshot()).toEqual(fed([...a, ...b, ...c]).snapshot());
    }),
  );
});

it('keeps a bounded state, ignores what is no number, and goes on from a snapshot', () => {
  const whole = fed([Number.NaN, Infinity, -3, 1e-300, 1e300]);
  expect([whole.n(), whole.quantile(0)]).toEqual([3, 0]);
  expect(Math.abs((whole.quantile(1) ?? 0) / 1e9 - 1)).toBeLessThan(0.011);
  for (let i = -9000; i < 9000; i += 1) whole.add(10 ** (i / 1000));
  expect(whole.snapshot().counts.length).toBeLessThanOrEqual(2074);
  const restored = createQuantileSketch();
  restored.restore(JSON.parse(JSON.stringify(whole.snapshot())));
  expect(restored.snapshot()).toEqual(whole.snapshot());
  expect(() => {
    restored.restore({ zeros: 0, counts: [[9999, 1]] });
  }).toThrow();
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLatencyFit, type LatencyFit } from './latency-fit.js';

/** Numbers in [0, 1), the same for the same seed (Park and Miller, 1988). */
function randomOf(seed: number): () => number {
  let state = (Math.abs(Math.trunc(seed)) % 2147483646) + 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

interface Machine {
  readonly a: number;
  readonly b: number;
}
/** Feeds batches of 1 to 64 units whose latencies vary by `noise` of themselves. */
function feed(fit: LatencyFit, { a, b }: Machine, batches: number, random: () => number, noise = 0.2): void {
  for (let i = 0; i < batches; i++) {
    const n = 1 + Math.floor(random() * 64);
    fit.add(n, (a * n + b) * (1 + noise * (2 * random() - 1)));
  }
}
const at = (fit: LatencyFit, n: number): number => {
  const { a, b } = fit.coefficients() ?? { a: NaN, b: NaN };
  return a * n + b;
};
const machine = fc.record({
  a: fc.double({ min: 0.01, max: 50, noNaN: true }),
  b: fc.double({ min: 0, max: 50, noNaN: true }),
});

describe('the latency fit', () => {
  it('knows nothing before the first batch and takes the first one as proportional', () => {
    const fit = createLatencyFit(50);
    expect(fit.coefficients()).toBeUndefined();
    fit.add(4, 8);
    expect(fit.coefficients()).toEqual({ a: 2, b: 0 });
    expect(fit.identified()).toBe(false);
  });

  it.each([
    { a: 0.001, b: 0.1 },
    { a: 0.2, b: 3 },
    { a: 30, b: 1 },
    { a: 0, b: 5 },
  ])('finds $a n + $b exactly where nothing disturbs it', ({ a, b }) => {
    const fit = createLatencyFit(50);
    feed(fit, { a, b }, 20, randomOf(1), 0);
    expect(fit.coefficients()?.a).toBeCloseTo(a, 9);
    expect(fit.coefficients()?.b).toBeCloseTo(b, 9);
  });

  it('predicts any machine through noise of a fifth', () => {
    fc.assert(
      fc.property(machine, fc.integer(), (real, seed) => {
        const fit = createLatencyFit(50);
        feed(fit, real, 100, randomOf(seed));
        for (const n of [16, 32, 64]) {
          const error = Math.abs(at(fit, n) / (real.a * n + real.b) - 1);
          expect(error).toBeLessThan(0.2);
        }
      }),
    );
  });

  it('never answers a negative or unknown coefficient, whatever it is fed', () => {
    const batch = fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1e6, noNaN: true }));
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 60 }), (batches) => {
        const fit = createLatencyFit(50);
        for (const [n, ms] of batches) fit.add(n, ms);
        const { a, b } = fit.coefficients() ?? { a: NaN, b: NaN };
        expect(a).toBeGreaterThanOrEqual(0);
        expect(b).toBeGreaterThanOrEqual(-1e-6 * (1 + a));
      }),
    );
  });

  it('follows a machine that becomes faster or slower, by up to twenty times, within sixty batches', () => {
    const factor = fc.constantFrom(0.05, 0.2, 0.5, 2, 5, 20);
    fc.assert(
      fc.property(machine, factor, factor, fc.integer(), (real, byA, byB, seed) => {
        const random = randomOf(seed);
        const fit = createLatencyFit(50);
        feed(fit, real, 100, random);
        const now = { a: real.a * byA, b: real.b * byB };
        feed(fit, now, 60, random, 0.1);
        for (const n of [16, 64]) {
          const ratio = at(fit, n) / (now.a * n + now.b);
          expect(ratio).toBeGreaterThan(0.55);
          expect(ratio).toBeLessThan(1.8);
        }
      }),
    );
  });

  it.each([
    ['a first batch that also loads the model', 0, 1],
    ['a first batch and the one behind it', 0, 2],
    ['a pause in the middle', 50, 1],
    ['three slow ones in a row', 50, 3],
  ])('forgives %s within ten batches', (_name, at50, howMany) => {
    const random = randomOf(7);
    const real = { a: 0.05, b: 0.5 };
    const fit = createLatencyFit(50);
    feed(fit, real, at50, random, 0.1);
    for (let i = 0; i < howMany; i++) fit.add(8, 900);
    feed(fit, real, 10, random, 0.1);
    expect(at(fit, 32) / (real.a * 32 + real.b)).toBeLessThan(1.6);
    expect(at(fit, 32) / (real.a * 32 + real.b)).toBeGreaterThan(0.6);
  });

  it('is hardly moved by one pause, however long', () => {
    const real = { a: 0.05, b: 0.5 };
    const fit = createLatencyFit(50);
    feed(fit, real, 100, randomOf(5), 0.1);
    fit.add(8, 5000);
    expect(at(fit, 32) / (real.a * 32 + real.b)).toBeLessThan(1.15);
    expect(fit.identified()).toBe(true);
  });

  it('keeps the slope it was told while batches are all of one size, and says that it cannot tell', () => {
    const fit = createLatencyFit(50);
    feed(fit, { a: 0.2, b: 3 }, 40, randomOf(3), 0);
    expect(fit.identified()).toBe(true);
    for (let i = 0; i < 500; i++) fit.add(16, 0.2 * 16 + 3);
    expect(fit.identified()).toBe(false);
    for (let i = 0; i < 500; i++) fit.add(16, 0.2 * 16 + 5);
    expect(fit.coefficients()?.a).toBeCloseTo(0.2, 3);
    expect(fit.coefficients()?.b).toBeCloseTo(5, 3);
  });

  it('tells the slope again from one batch in sixteen of another size', () => {
    const fit = createLatencyFit(50);
    for (let i = 0; i < 200; i++) fit.add(16, 0.2 * 16 + 5);
    expect(fit.coefficients()?.b).toBeCloseTo(0, 9);
    for (let i = 1; i <= 64; i++) {
      const n = i % 16 === 0 ? 32 : 16;
      fit.add(n, 0.2 * n + 5);
    }
    expect(fit.coefficients()?.a).toBeCloseTo(0.2, 6);
    expect(fit.coefficients()?.b).toBeCloseTo(5, 6);
  });
});

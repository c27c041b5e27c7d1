import { describe, expect, it } from 'vitest';
import { createRandom } from './random.js';

const draw = (n: number, next: () => number): number[] => Array.from({ length: n }, next);
const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;

describe('createRandom', () => {
  it('gives the same stream for the same seed, on every machine', () => {
    const random = createRandom(42);
    expect(draw(4, () => random.integer(1_000_000))).toEqual([153771, 18084, 534890, 727247]);
    const [a, b] = [createRandom(7), createRandom(7)];
    expect(draw(100, () => a.normal())).toEqual(draw(100, () => b.normal()));
  });

  it('gives unrelated streams for neighbouring seeds', () => {
    const [a, b] = [createRandom(1), createRandom(2)];
    const xs = draw(5000, () => a.normal());
    const ys = draw(5000, () => b.normal());
    expect(Math.abs(mean(xs.map((x, i) => x * (ys[i] ?? 0))))).toBeLessThan(0.05);
  });

  it('draws uniform numbers evenly over their range', () => {
    const random = createRandom(3);
    const xs = draw(50_000, () => random.uniform(-2, 2));
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...xs)).toBeLessThan(2);
    for (let bin = -2; bin < 2; bin++)
      expect(xs.filter((x) => x >= bin && x < bin + 1).length / xs.length).toBeCloseTo(0.25, 1.5);
  });

  it('draws normal numbers of the given mean and spread', () => {
    const random = createRandom(4);
    const xs = draw(50_000, () => random.normal(10, 2));
    expect(mean(xs)).toBeCloseTo(10, 1);
    expect(Math.sqrt(mean(xs.map((x) => (x - 10) ** 2)))).toBeCloseTo(2, 1);
    expect(xs.filter((x) => Math.abs(x - 10) < 2).length / xs.length).toBeCloseTo(0.6827, 1.7);
  });

  it('chooses by weight, never what weighs nothing', () => {
    const random = createRandom(5);
    const picks = Array.from({ length: 10_000 }, () => random.choice(['a', 'b', 'c'], [3, 0, 1]));
    expect(picks.filter((p) => p === 'a').length / picks.length).toBeCloseTo(0.75, 1.5);
    expect(picks).not.toContain('b');
    expect(() => random.choice([])).toThrow(RangeError);
  });

  it('shuffles to every order alike and leaves the original alone', () => {
    const random = createRandom(6);
    const items = ['a', 'b', 'c'] as const;
    const orders = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle(items).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
    expect(items).toEqual(['a', 'b', 'c']);
  });
});

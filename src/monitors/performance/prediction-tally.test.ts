// That predictions are counted by time, closely enough and in few numbers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPredictionTally } from './prediction-tally.js';

describe('tally of predictions', () => {
  it('counts what was made since a time, to the second', () => {
    const tally = createPredictionTally();
    for (const [at, n] of [
      [0, 5],
      [400, 1],
      [1000, 2],
      [2500, 4],
    ] as const)
      tally.add(at, n);
    expect(tally.since(-1)).toBe(12);
    expect(tally.since(1000)).toBe(6);
    expect(tally.since(2600)).toBe(4);
    tally.forgetBefore(1200);
    expect(tally.since(-Infinity)).toBe(6);
  });

  it('stays small and right to a 75th of all that it holds', () => {
    const tally = createPredictionTally();
    const hours = 3 * 3600;
    for (let second = 0; second < hours; second += 1) tally.add(second * 1000, 3);
    expect(JSON.stringify(tally.snapshot()).length).toBeLessThan(8192);
    expect(tally.since(-Infinity)).toBe(3 * hours);
    for (const part of [0.1, 0.35, 0.5, 0.8, 0.95]) {
      const exact = 3 * hours * (1 - part);
      const counted = tally.since(hours * 1000 * part);
      expect(counted).toBeGreaterThanOrEqual(exact);
      expect(counted - exact).toBeLessThan((3 * hours) / 75);
    }
  });

  it('loses none, in whatever order they come and whatever times they claim', () => {
    const moments = fc.array(fc.tuple(fc.double({ noNaN: true, min: -1e15, max: 1e15 }), fc.nat(5)), {
      maxLength: 700,
    });
    fc.assert(
      fc.property(moments, (drawn) => {
        const tally = createPredictionTally();
        for (const [at, n] of drawn) tally.add(at, n);
        expect(tally.since(-Infinity)).toBe(drawn.reduce((sum, [, n]) => sum + n, 0));
        const copy = createPredictionTally();
        copy.restore(JSON.parse(JSON.stringify(tally.snapshot())));
        expect(copy.since(0)).toBe(tally.since(0));
      }),
      { numRuns: 30 },
    );
    const tally = createPredictionTally();
    for (const at of [Number.NaN, Infinity]) tally.add(at, 1);
    expect(tally.since(-Infinity)).toBe(0);
    expect(() =>
      tally.restore([
        [5, 1],
        [4, 1],
      ]),
    ).toThrow();
  });
});

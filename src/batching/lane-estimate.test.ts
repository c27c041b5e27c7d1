import { describe, expect, it } from 'vitest';
import { createLaneEstimate, type LaneEstimate } from './lane-estimate.js';

const create = ({ maxCost = 256, slots = 1 } = {}) => createLaneEstimate({ maxCost, slots: () => slots });

interface Machine {
  readonly a: number;
  readonly b: number;
  readonly overheadMs: number;
}
/** One batch as large as it may be, done by a machine that is never late. */
function runFull(estimate: LaneEstimate, machine: Machine): number {
  const cost = estimate.batchLimit();
  runOne(estimate, cost, machine);
  return cost;
}
function runOne(estimate: LaneEstimate, cost: number, { a, b, overheadMs }: Machine): void {
  const computeMs = a * cost + b;
  estimate.returned({ cost, computeMs, roundTripMs: computeMs + overheadMs, metFreeSlot: true });
}
/** What most batches are, apart from those that are tried. */
function usualLimit(estimate: LaneEstimate, machine: Machine): number {
  const sizes = Array.from({ length: 31 }, () => runFull(estimate, machine)).sort((x, y) => x - y);
  return sizes[15] ?? NaN;
}

describe('the batch limit', () => {
  it.each([
    ['grows to what the manifest allows where batches cost next to nothing', 0.001, 0.1, 2, 256],
    ['stays at one row where every row is expensive', 300, 2, 2, 1],
    ['is where fixed costs are a tenth', 0.5, 1, 2, 54],
    ['counts the way to the worker as a fixed cost', 2, 0, 4, 18],
    ['does not take a long wait on the way for one', 300, 2, 900, 1],
  ])('%s', (_name, a, b, overheadMs, wanted) => {
    const estimate = create();
    for (let i = 0; i < 60; i++) runFull(estimate, { a, b, overheadMs });
    expect(usualLimit(estimate, { a, b, overheadMs })).toBeGreaterThanOrEqual(wanted * 0.9);
    expect(usualLimit(estimate, { a, b, overheadMs })).toBeLessThanOrEqual(Math.ceil(wanted * 1.1));
  });

  it('starts small, and at most doubles the largest tried while larger ones may take long', () => {
    const estimate = create();
    const machine = { a: 0, b: 40, overheadMs: 2 };
    const sizes = Array.from({ length: 12 }, () => runFull(estimate, machine));
    expect(sizes[0]).toBe(16);
    for (const [i, size] of sizes.entries())
      expect(size).toBeLessThanOrEqual(2 * Math.max(8, ...sizes.slice(0, i)));
    expect(sizes.at(-1)).toBe(256);
  });

  it('grows at once where even the worst guess is quick', () => {
    const estimate = create();
    runOne(estimate, 1, { a: 0.05, b: 0.05, overheadMs: 2 });
    expect(estimate.batchLimit()).toBeGreaterThan(150);
  });

  it('tries other sizes now and then, but only while all are the same', () => {
    const estimate = create();
    const machine = { a: 0.5, b: 1, overheadMs: 2 };
    const sizes = Array.from({ length: 200 }, () => runFull(estimate, machine));
    const usual = usualLimit(estimate, machine);
    expect(sizes.slice(50).filter((size) => size > 1.5 * usual).length).toBeGreaterThan(0);
    expect(sizes.slice(50).filter((size) => size < 0.7 * usual).length).toBeGreaterThan(0);
    expect(sizes.slice(50).filter((size) => Math.abs(size - usual) <= 2).length).toBeGreaterThan(110);
  });

  it('mends a wrong early fit by itself', () => {
    const estimate = create();
    // The first batches were loaded with something else: the larger the faster, and all of them slow.
    for (const [cost, computeMs] of [
      [1, 900],
      [2, 700],
      [4, 400],
    ] as const)
      estimate.returned({ cost, computeMs, roundTripMs: computeMs + 1, metFreeSlot: true });
    for (let i = 0; i < 40; i++) runFull(estimate, { a: 30, b: 1, overheadMs: 2 });
    expect(usualLimit(estimate, { a: 30, b: 1, overheadMs: 2 })).toBe(1);
  });
});

describe('the slots that batches can keep busy', () => {
  it('are all before anything came back', () => {
    expect(create({ slots: 4 }).busySlots()).toBe(4);
  });

  it.each([
    ['one, where all around a call takes longer than the call', { a: 0.01, b: 0.1, overheadMs: 2 }, 1],
    ['as many as batches leave while one lasts', { a: 0.2, b: 0, overheadMs: 2 }, 2],
    ['all, where calls are long', { a: 5, b: 1, overheadMs: 2 }, 4],
  ])('are %s', (_name, machine, slots) => {
    const estimate = create({ slots: 4 });
    for (let i = 0; i < 100; i++) runOne(estimate, i % 2 === 0 ? 18 : 20, machine);
    expect(estimate.busySlots()).toBe(slots);
  });
});

describe('the overhead', () => {
  it('is what a lone batch takes beside inference; batches that queued raise nothing', () => {
    const estimate = create();
    for (let i = 0; i < 20; i++) runOne(estimate, 4, { a: 1, b: 0, overheadMs: 3 });
    expect(estimate.overheadMs()).toBeCloseTo(3, 6);
    for (let i = 0; i < 100; i++)
      estimate.returned({ cost: 4, computeMs: 4, roundTripMs: 400, metFreeSlot: false });
    expect(estimate.overheadMs()).toBeCloseTo(3, 6);
  });

  it('follows a faster way soon and a slower way slowly, whatever a pause adds', () => {
    const estimate = create();
    for (let i = 0; i < 20; i++) runOne(estimate, 4, { a: 1, b: 0, overheadMs: 10 });
    for (let i = 0; i < 10; i++) runOne(estimate, 4, { a: 1, b: 0, overheadMs: 2 });
    expect(estimate.overheadMs()).toBeLessThan(3);
    runOne(estimate, 4, { a: 1, b: 0, overheadMs: 5000 });
    expect(estimate.overheadMs()).toBeLessThan(3.2);
    for (let i = 0; i < 200; i++) runOne(estimate, 4, { a: 1, b: 0, overheadMs: 6 });
    expect(estimate.overheadMs()).toBeGreaterThan(5);
  });

  it('is not learned from a batch whose rows did not run together', () => {
    const estimate = create();
    estimate.returned({ cost: 4, computeMs: undefined, roundTripMs: 900, metFreeSlot: true });
    expect(estimate.overheadMs()).toBe(2);
    expect(estimate.coefficients()).toBeUndefined();
  });
});

describe('how long work will take', () => {
  it('is guessed kindly before anything came back', () => {
    const estimate = create();
    expect(estimate.drainMs(4000)).toBeLessThan(500);
    expect(estimate.workMs(1)).toBeLessThan(10);
  });

  it('follows from inference and slots until batches were seen to come back one after another', () => {
    const machine = { a: 1, b: 2, overheadMs: 3 };
    const [one, four] = [create(), create({ slots: 4 })];
    for (const estimate of [one, four]) for (let i = 0; i < 40; i++) runFull(estimate, machine);
    expect(one.drainMs(450)).toBeCloseTo(500, -1);
    expect(four.drainMs(450)).toBeCloseTo(125, -1);
    expect(one.workMs(10)).toBeCloseTo(15, 0);
    // Ten batches of 45: the last alone has its way there and back.
    expect(one.workMs(450)).toBeCloseTo(500, -1);
  });

  it('is what was seen once it was, be it that others work there too', () => {
    const estimate = create();
    for (let i = 0; i < 40; i++) runFull(estimate, { a: 1, b: 2, overheadMs: 3 });
    for (let i = 0; i < 20; i++) estimate.drained(45, 90);
    expect(estimate.drainMs(450)).toBeCloseTo(900, -1);
    // Small ones tell nothing of full ones.
    for (let i = 0; i < 20; i++) estimate.drained(2, 400);
    expect(estimate.drainMs(450)).toBeCloseTo(900, -1);
  });

  it('is mended by a batch that took less time than they were thought to lie apart', () => {
    const estimate = create();
    const machine = { a: 0.1, b: 0.1, overheadMs: 2 };
    for (let i = 0; i < 40; i++) runFull(estimate, machine);
    for (let i = 0; i < 20; i++) estimate.drained(estimate.batchLimit(), 3000);
    expect(estimate.drainMs(1000)).toBeGreaterThan(5000);
    for (let i = 0; i < 6; i++) runFull(estimate, machine);
    expect(estimate.drainMs(1000)).toBeLessThan(400);
  });
});

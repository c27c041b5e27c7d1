import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBatcher, type BatcherOptions, type Executed } from './batcher.js';
import { waitForAll } from './row.js';

interface Sent {
  readonly ids: readonly string[];
  comeBack(executed?: Executed): void;
}

interface Standing {
  readonly limit?: number;
  readonly workMs?: number;
  readonly busySlots?: number;
}

/** A batcher whose estimate stands still and whose batches come back when told; ids of one string are one request. */
function createBench(overrides: Partial<BatcherOptions> & Standing = {}) {
  const { limit = 4, workMs = 1, busySlots = Infinity, ...options } = overrides;
  const sent: Sent[] = [];
  const seen: unknown[] = [];
  const drained: [number, number][] = [];
  let clock = 0;
  const batcher = createBatcher({
    estimate: {
      batchLimit: () => limit,
      busySlots: () => busySlots,
      workMs: () => workMs,
      drainMs: () => 0,
      returned: (batch) => seen.push(batch),
      drained: (cost, apartMs) => drained.push([cost, apartMs]),
      coefficients: () => undefined,
      overheadMs: () => 0,
    },
    maxRows: 1000,
    slots: () => 1,
    send: (rows) => new Promise((resolve) => sent.push({ ids: rows.map(({ id }) => id), comeBack: resolve })),
    observer: { changed: () => undefined, left: () => undefined, returned: () => undefined },
    now: () => clock,
    ...options,
  });
  const add = (ids: string, deadlineAt = 10_000) => {
    const rows = ids
      .split('')
      .map((id) => ({ id, features: {}, request: {}, receivedAt: clock, deadlineAt }));
    const group = waitForAll(rows, () => clock);
    batcher.add(group.rows);
    return group.outcomes;
  };
  const comeBack = async (batch: number, executed: Executed | 'lost' = { computeMs: 1 }) => {
    sent[batch]?.comeBack(executed === 'lost' ? undefined : executed);
    await nextTurn();
  };
  return {
    add,
    comeBack,
    seen,
    drained,
    load: () => batcher.load(),
    batches: () => sent.map(({ ids }) => ids.join('')),
    passMs: (ms: number) => (clock += ms),
  };
}

describe('the batcher', () => {
  it('sends a lone row at once and keeps one batch ready behind the one that runs', async () => {
    const bench = createBench();
    void bench.add('a');
    expect(bench.batches()).toEqual(['a']);
    void bench.add('b');
    await nextTurn();
    void bench.add('c');
    await nextTurn();
    expect(bench.batches()).toEqual(['a', 'b']);
  });

  it('lets rows of one turn leave together while others are under way', async () => {
    const bench = createBench();
    void bench.add('a');
    ['b', 'c', 'd'].forEach((id) => void bench.add(id));
    await nextTurn();
    expect(bench.batches()).toEqual(['a', 'bcd']);
  });

  it('collects while as many as may be are under way and sends what has gathered when one returns', async () => {
    const bench = createBench();
    void bench.add('a');
    void bench.add('b');
    await nextTurn();
    void bench.add('c');
    void bench.add('d');
    await nextTurn();
    expect(bench.batches()).toEqual(['a', 'b']);
    await bench.comeBack(0);
    expect(bench.batches()).toEqual(['a', 'b', 'cd']);
  });

  it('keeps every slot of the workers busy, as many as there are at the time', async () => {
    let slots = 2;
    const bench = createBench({ slots: () => slots, limit: 1 });
    void bench.add('abcdefgh');
    expect(bench.batches()).toEqual(['a', 'b', 'c']);
    slots = 3;
    await bench.comeBack(0);
    expect(bench.batches()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('keeps no more slots busy than its batches can, unless a full one waits', async () => {
    const bench = createBench({ slots: () => 3, busySlots: 1, limit: 4 });
    for (const id of 'abc') {
      void bench.add(id);
      await nextTurn();
    }
    expect(bench.batches()).toEqual(['a', 'b']);
    void bench.add('defghi');
    await nextTurn();
    expect(bench.batches()).toEqual(['a', 'b', 'cdef']);
    await bench.comeBack(0);
    await bench.comeBack(1);
    expect(bench.batches()).toEqual(['a', 'b', 'cdef', 'ghi']);
  });

  it('never exceeds the limit of cost or of rows and keeps the order', async () => {
    const byCost = createBench({ slots: () => 9, costOf: ({ id }) => Number(id), limit: 5 });
    void byCost.add('123951');
    expect(byCost.batches()).toEqual(['12', '3', '9', '5', '1']);
    const byRows = createBench({ slots: () => 9, maxRows: 2 });
    void byRows.add('abcde');
    await nextTurn();
    expect(byRows.batches()).toEqual(['ab', 'cd', 'e']);
  });

  it('drops rows whose deadline has passed before they are sent, and tells them so without an id', async () => {
    const bench = createBench();
    void bench.add('a');
    void bench.add('b');
    await nextTurn();
    const late = bench.add('c', 5);
    void bench.add('d');
    bench.passMs(5);
    await bench.comeBack(0);
    expect(bench.batches()).toEqual(['a', 'b', 'd']);
    await expect(late).resolves.toMatchObject([{ code: 'DEADLINE_EXCEEDED', details: {} }]);
  });

  it('counts rows and their cost while they wait and while they are under way, and no longer', async () => {
    const bench = createBench({ costOf: () => 2, limit: 4 });
    void bench.add('abcdefg');
    expect(bench.load()).toMatchObject({
      waitingRows: 3,
      waitingCost: 6,
      batches: 2,
      sentRows: 4,
      sentCost: 8,
    });
    await bench.comeBack(0);
    await bench.comeBack(1, 'lost');
    await bench.comeBack(2);
    await bench.comeBack(3);
    expect(bench.load()).toMatchObject({
      waitingRows: 0,
      waitingCost: 0,
      batches: 0,
      sentRows: 0,
      sentCost: 0,
    });
  });

  it('does not count rows that were settled while they waited', async () => {
    const bench = createBench();
    void bench.add('a');
    void bench.add('b');
    await nextTurn();
    await bench.add('c', 1);
    expect(bench.load()).toMatchObject({ waitingRows: 0, waitingCost: 0 });
  });

  it('tells what a batch took, and whether it met a free slot, but nothing of one that was lost', async () => {
    const bench = createBench({ limit: 1 });
    void bench.add('abc');
    bench.passMs(7);
    await bench.comeBack(0, { computeMs: 3 });
    bench.passMs(2);
    await bench.comeBack(1, 'lost');
    await bench.comeBack(2, { computeMs: undefined });
    expect(bench.seen).toEqual([
      { cost: 1, computeMs: 3, roundTripMs: 7, metFreeSlot: true },
      { cost: 1, computeMs: undefined, roundTripMs: 2, metFreeSlot: false },
    ]);
  });

  it('tells how far apart batches come back as long as there is always a next one', async () => {
    const bench = createBench({ limit: 2 });
    void bench.add('abcdefghijklmnop');
    // Two in one turn, and one by itself.
    bench.passMs(10);
    await bench.comeBack(0);
    await bench.comeBack(1);
    bench.passMs(20);
    await bench.comeBack(2);
    expect(bench.drained).toEqual([[2, 10]]);
    bench.passMs(30);
    await bench.comeBack(3);
    expect(bench.drained).toEqual([
      [2, 10],
      [2, 30],
    ]);
    // The line runs dry.
    for (const batch of [4, 5, 6, 7]) await bench.comeBack(batch);
    bench.passMs(99);
    void bench.add('q');
    await bench.comeBack(8);
    expect(bench.drained).toHaveLength(2);
  });
});

describe('a batch that does not come back', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('gives up its place, but ever later, so that slow workers are not buried', async () => {
    const bench = createBench({ limit: 1 });
    void bench.add('abcdefghijkl', 1e9);
    await vi.advanceTimersByTimeAsync(1999);
    expect(bench.batches()).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(60_000);
    // Two more each time the patience, 2, 4, 8, 16 and 32 seconds by then, is at its end.
    expect(bench.batches().length).toBeLessThan(12);
    expect(bench.batches().length).toBeGreaterThan(5);
  });

  it('counts once with all that stalled beside it, and never costs its place for more than a minute', async () => {
    const bench = createBench({ limit: 1, slots: () => 16 });
    void bench.add('x'.repeat(300), 1e9);
    expect(bench.batches()).toHaveLength(17);
    const roundsMs = [2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000];
    for (const [i, ms] of roundsMs.entries()) {
      await vi.advanceTimersByTimeAsync(ms - 1);
      expect(bench.batches()).toHaveLength(17 * (i + 1));
      await vi.advanceTimersByTimeAsync(1);
      expect(bench.batches()).toHaveLength(17 * (i + 2));
    }
  });

  it('keeps its place as long as what was learned of its like says that it will come', async () => {
    const bench = createBench({ limit: 1, workMs: 5000 });
    void bench.add('abc', 1e9);
    await vi.advanceTimersByTimeAsync(19_999);
    expect(bench.batches()).toEqual(['a', 'b']);
    await vi.advanceTimersByTimeAsync(1);
    expect(bench.batches()).toEqual(['a', 'b', 'c']);
  });
});

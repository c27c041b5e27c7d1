// Every row is in one window, windows end by rows or by time, and a snapshot continues exactly.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { predictionBatch } from '../../test/support/monitor-batches.js';
import { createTumblingWindow, type Tally, type TumblingPlan } from './tumbling-window.js';

/** Holds the ids of its rows. */
function idsTally(): Tally & { readonly ids: string[]; closed: boolean } {
  const tally = {
    ids: [] as string[],
    closed: false,
    add: (batch: { ids: readonly string[] }, from: number, to: number) =>
      void tally.ids.push(...batch.ids.slice(from, to)),
    close: () => void (tally.closed = true),
    snapshot: () => [...tally.ids],
    restore: (state: unknown) => void tally.ids.push(...(state as string[])),
  };
  return tally;
}

const open = (plan: Partial<TumblingPlan> = {}) =>
  createTumblingWindow({ width: { count: 10 }, maxSeconds: 5, minRows: 3, ...plan }, idsTally);
const batch = (at: number, rows: number) =>
  predictionBatch(
    at,
    Array.from({ length: rows }, () => ({})),
  );

it('speaks of the first window while it fills, and then of the last that is over', () => {
  const windows = open();
  expect(windows.current(0)).toMatchObject({ window: { from: null, to: null, n: 0 }, isOver: false });
  windows.add(batch(1000, 4));
  expect(windows.current(1000)).toMatchObject({ window: { from: 1000, to: 1000, n: 4 }, isOver: false });
  windows.add(batch(1500, 8));
  const { tally, window, isOver } = windows.current(1500);
  expect({ window, isOver }).toEqual({ window: { from: 1000, to: 1500, n: 10 }, isOver: true });
  expect(tally.ids.at(-1)).toBe('1500-5');
  expect(tally.closed).toBe(true);
});

it('ends a window whose time is up, once it has the least rows', () => {
  const windows = open();
  windows.add(batch(1000, 2));
  expect(windows.current(9000).isOver).toBe(false);
  windows.add(batch(9000, 4));
  expect(windows.current(9000)).toMatchObject({ window: { from: 1000, to: 9000, n: 3 }, isOver: true });
  windows.add(batch(9001, 1));
  expect(windows.current(14_001)).toMatchObject({ window: { from: 9000, to: 9001, n: 4 } });
  windows.add(batch(14_001, 1));
  expect(windows.current(14_001)).toMatchObject({ window: { n: 4 } });
});

it('counts by seconds where the width says so, and passes over batches without a time', () => {
  const windows = open({ width: { seconds: 1 } });
  windows.add(batch(Number.NaN, 5));
  windows.add(batch(1000, 20));
  windows.add(batch(2000, 1));
  expect(windows.current(2000)).toMatchObject({ window: { from: 1000, to: 1000, n: 20 }, isOver: true });
});

it('puts each row in one window, and continues from a snapshot as if it had never stopped', () => {
  const sizes = fc.array(fc.record({ rows: fc.integer({ min: 1, max: 25 }), after: fc.nat(4000) }), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(sizes, fc.nat(20), (steps, cut) => {
      let at = 1000;
      const batches = steps.map(({ rows, after }) => batch((at += after + 1), rows));
      let [windows, seen] = [open(), [] as string[]];
      let before: unknown;
      batches.forEach((one, i) => {
        if (i === cut) {
          const restored = open();
          restored.restore(JSON.parse(JSON.stringify(windows.snapshot())));
          expect(restored.snapshot()).toEqual(windows.snapshot());
          windows = restored;
        }
        for (let row = 0; row < one.ids.length; row += 1) {
          windows.add({ ...one, ids: one.ids.slice(row, row + 1) });
          const { tally, isOver } = windows.current(0);
          const key = JSON.stringify(tally.ids);
          if (isOver && key !== before) seen = [...seen, ...tally.ids];
          if (isOver) before = key;
        }
      });
      const ids = batches.flatMap((one) => one.ids);
      expect(seen).toEqual(ids.slice(0, seen.length));
      expect(ids.length - seen.length).toBeLessThan(10);
    }),
    { numRuns: 50 },
  );
});

it('refuses a state of larger windows or of none', () => {
  const large = open({ width: { count: 20 } });
  large.add(batch(1000, 15));
  expect(() => open().restore(large.snapshot())).toThrow('larger');
  expect(() => open().restore({ n: 3 })).toThrow();
});

it('does not speak of a window for longer than three of them may take', () => {
  const windows = open();
  windows.add(batch(1000, 10));
  expect(windows.current(16_000)).toMatchObject({ window: { n: 10 }, isOver: true });
  expect(windows.current(16_001)).toMatchObject({ window: { n: 0 }, isOver: false });
  windows.add(batch(16_001, 10));
  expect(windows.current(16_001)).toMatchObject({ window: { n: 10 }, isOver: true });
});

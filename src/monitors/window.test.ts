// What a sliding window holds, forgets and carries over a restart.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_WINDOW_ROWS, createSlidingWindow, windowSchema, type SlidingWindow } from './window.js';

const valuesOf = (window: SlidingWindow, now = 0) => [...(window.rows(now).columns[0] ?? [])];

describe('a window by count', () => {
  it('holds the last rows, oldest first', () => {
    const window = createSlidingWindow({ count: 3 }, 1);
    [1, 2, 3, 4, 5].forEach((value) => window.push(value * 10, value));
    expect(valuesOf(window)).toEqual([3, 4, 5]);
    expect(window.rows(0).window).toEqual({ from: 30, to: 50, n: 3 });
  });

  it('is empty without a span before the first row', () => {
    expect(createSlidingWindow({ count: 3 }, 2).rows(0)).toEqual({
      columns: [new Float64Array(0), new Float64Array(0)],
      window: { from: null, to: null, n: 0 },
    });
  });
});

describe('a window by time', () => {
  it('holds rows younger than its seconds by event time, in whatever order they came', () => {
    const window = createSlidingWindow({ seconds: 10 }, 1);
    window.push(20_000, 2);
    window.push(5_000, 1);
    window.push(25_000, 3);
    expect(valuesOf(window, 25_000)).toEqual([2, 3]);
    expect(valuesOf(window, 30_000)).toEqual([3]);
    expect(window.rows(30_000).window).toEqual({ from: 25_000, to: 25_000, n: 1 });
    expect(valuesOf(window, 60_000)).toEqual([]);
  });

  it('keeps at most its cap of rows', () => {
    const window = createSlidingWindow({ seconds: 1000 }, 1);
    for (let i = 0; i < MAX_WINDOW_ROWS + 50; i += 1) window.push(1, i);
    expect(window.rows(1).window.n).toBe(MAX_WINDOW_ROWS);
    expect(valuesOf(window, 1)[0]).toBe(50);
  });
});

describe('any window', () => {
  it('ignores rows that are not finite or not whole', () => {
    const window = createSlidingWindow({ count: 5 }, 2);
    window.push(1, Number.NaN, 1);
    window.push(Number.NaN, 1, 1);
    window.push(1, 1);
    expect(window.rows(0).window.n).toBe(0);
  });

  it('holds what a plain list of its rows would', () => {
    const number = fc.oneof(fc.integer({ min: 0, max: 1e6 }), fc.double());
    const row = fc.tuple(number, number, number);
    const widths = fc.constantFrom({ count: 1 }, { count: 7 }, { count: 50 }, { seconds: 300 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 120 }), widths, number, (rows, width, now) => {
        const window = createSlidingWindow(width, 2);
        for (const one of rows) window.push(...one);
        const whole = rows.filter((one) => one.every(Number.isFinite));
        const held =
          'count' in width
            ? whole.slice(-width.count)
            : whole.filter(([at]) => at > now - width.seconds * 1000);
        const times = held.map(([at]) => at);
        const column = (c: 1 | 2) => Float64Array.from(held, (one) => one[c]);
        expect(window.rows(now)).toEqual({
          columns: [column(1), column(2)],
          window:
            times.length === 0
              ? { from: null, to: null, n: 0 }
              : { from: Math.min(...times), to: Math.max(...times), n: times.length },
        });
      }),
    );
  });

  it('continues from a JSON snapshot as if it had never stopped', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 1e6 }), fc.double({ noNaN: true })), {
      maxLength: 60,
    });
    const widths = fc.constantFrom({ count: 7 }, { seconds: 300 });
    fc.assert(
      fc.property(rows, rows, widths, (before, after, width) => {
        const whole = createSlidingWindow(width, 1);
        const first = createSlidingWindow(width, 1);
        const second = createSlidingWindow(width, 1);
        for (const row of [...before, ...after]) whole.push(...row);
        for (const row of before) first.push(...row);
        second.restore(JSON.parse(JSON.stringify(first.snapshot())));
        for (const row of after) second.push(...row);
        expect(JSON.stringify(second.rows(900_000))).toBe(JSON.stringify(whole.rows(900_000)));
        expect(JSON.stringify(second.snapshot())).toBe(JSON.stringify(whole.snapshot()));
      }),
    );
  });

  it('keeps the time of rows that came together once', () => {
    const window = createSlidingWindow({ count: 3 }, 1);
    for (const at of [5, 5, 5, 7]) window.push(at, 0);
    expect(window.snapshot()).toEqual({
      at: [
        [5, 2],
        [7, 1],
      ],
      columns: [[0, 0, 0]],
    });
  });

  it.each([
    null,
    {},
    { at: [[1, 1]], columns: [] },
    { at: [[1, 1]], columns: [[1, 2]] },
    { at: [[1, 3]], columns: [[1, 2, 3]] },
  ])('refuses the state %j of another window', (state) => {
    expect(() => createSlidingWindow({ count: 2 }, 1).restore(state)).toThrow();
  });
});

describe('the width setting', () => {
  it.each([{ count: 0 }, { count: 1.5 }, { seconds: 0 }, { count: 5, seconds: 5 }, {}, { rows: 5 }])(
    'refuses %j',
    (width) => {
      expect(windowSchema.safeParse(width).success).toBe(false);
    },
  );
});

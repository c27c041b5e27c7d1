// That late labels land where their prediction was made, in bounded memory, whatever their order.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLabelledWindow, MAX_LABELLED_ROWS } from './labelled-window.js';

const ats = (rows: readonly { readonly at: number }[]) => rows.map(({ at }) => at);

describe('window of labelled predictions', () => {
  it('keeps the predictions made last, not the labels that came last', () => {
    const window = createLabelledWindow({ count: 3 }, 1);
    for (const at of [50, 10, 40, 20, 30]) window.add(at, `p${at}`, [at]);
    expect(ats(window.rows(0))).toEqual([30, 40, 50]);
    expect(window.start(0)).toBe(30);
  });

  it('holds those made within its seconds', () => {
    const window = createLabelledWindow({ seconds: 10 }, 1);
    for (const at of [1000, 9000, 5000]) window.add(at, 'p', [at]);
    expect(ats(window.rows(11_000))).toEqual([5000, 9000]);
    expect(ats(window.rows(60_000))).toEqual([]);
    expect(window.start(11_000)).toBe(1000);
  });

  it('puts another label of the same prediction in the place of the first', () => {
    const window = createLabelledWindow({ count: 10 }, 1);
    window.add(5, 'a', [1]);
    window.add(5, 'b', [2]);
    window.add(5, 'a', [3]);
    expect(window.rows(0).map(({ values }) => values)).toEqual([[3], [2]]);
  });

  it('ignores what is no number and holds no more than its most', () => {
    const window = createLabelledWindow({ seconds: 1000 }, 1);
    window.add(Number.NaN, 'a', [1]);
    window.add(1, 'a', [Infinity]);
    window.add(1, 'a', [1, 2]);
    expect(window.rows(0)).toEqual([]);
    for (let i = 0; i < MAX_LABELLED_ROWS + 10; i += 1) window.add(i, 'a', [0]);
    expect(window.rows(0).length).toBe(MAX_LABELLED_ROWS);
  });

  it('is in order and the same after a snapshot', () => {
    const moments = fc.array(fc.tuple(fc.nat(50), fc.constantFrom('a', 'b', 'c')), { maxLength: 60 });
    fc.assert(
      fc.property(moments, fc.nat(60), (drawn, cut) => {
        const whole = createLabelledWindow({ count: 20 }, 1);
        const first = createLabelledWindow({ count: 20 }, 1);
        const second = createLabelledWindow({ count: 20 }, 1);
        drawn.forEach(([at, id], i) => whole.add(at, id, [i]));
        drawn.slice(0, cut).forEach(([at, id], i) => first.add(at, id, [i]));
        second.restore(JSON.parse(JSON.stringify(first.snapshot())));
        drawn.slice(cut).forEach(([at, id], i) => second.add(at, id, [cut + i]));
        expect(second.rows(0)).toEqual(whole.rows(0));
        expect(ats(whole.rows(0))).toEqual([...ats(whole.rows(0))].sort((a, b) => a - b));
      }),
    );
  });

  it('refuses rows of another shape', () => {
    const window = createLabelledWindow({ count: 1 }, 1);
    const row = { at: 1, key: 1, values: [1] };
    for (const state of [[row, row], [{ ...row, values: [] }], { rows: [] }])
      expect(() => window.restore(state)).toThrow();
  });
});

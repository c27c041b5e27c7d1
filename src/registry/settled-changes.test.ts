// A change counts once, when it has come to rest.
import { expect, it } from 'vitest';
import { createSettledChanges } from './settled-changes.js';

function changes() {
  const clock = { now: 0 };
  const settling = createSettledChanges(new Map([['a', 'old']]), { settleMs: 10, now: () => clock.now });
  const see = (at: number, mark: string) => {
    clock.now = at;
    return settling.settled('a', mark);
  };
  return { settling, see };
}

it('is nothing while the mark is the known one', () => {
  const { settling, see } = changes();
  expect([see(0, 'old'), see(50, 'old')]).toEqual([false, false]);
  expect(settling.pending()).toBe(0);
});

it('is told once, when two looks far enough apart saw the same', () => {
  const { settling, see } = changes();
  expect([see(0, 'new'), see(9, 'new')]).toEqual([false, false]);
  expect(settling.pending()).toBe(1);
  expect([see(10, 'new'), see(30, 'new')]).toEqual([true, false]);
  expect(settling.pending()).toBe(0);
});

it('starts anew whenever the mark changes, as it does while a file grows', () => {
  const { see } = changes();
  expect([see(0, 'b'), see(10, 'c'), see(20, 'd'), see(29, 'd'), see(30, 'd')]).toEqual([
    false,
    false,
    false,
    false,
    true,
  ]);
});

it('is forgotten when all is as it was before it came to rest', () => {
  const { settling, see } = changes();
  expect([see(0, 'new'), see(10, 'old'), see(20, 'new')]).toEqual([false, false, false]);
  expect(settling.pending()).toBe(1);
});

it('counts a part that was not known, and one that goes', () => {
  const { settling, see } = changes();
  expect([settling.settled('b', 'first'), see(10, '-')]).toEqual([false, false]);
  expect([see(20, '-'), settling.settled('b', 'first')]).toEqual([true, true]);
});

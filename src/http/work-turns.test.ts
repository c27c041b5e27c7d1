import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createWorkTurns, type WorkKind } from './work-turns.js';

/** A clock that only work moves on. */
function room() {
  const clock = { ms: 0 };
  const turns = createWorkTurns(() => clock.ms);
  const done: number[] = [];
  const add = (name: number, costMs: number, kind: WorkKind = 'other') => {
    turns.add(() => {
      clock.ms += costMs;
      done.push(name);
    }, kind);
  };
  const untilDone = async (count: number) => {
    let took = 0;
    for (; done.length < count; took++) await nextTurn();
    return took;
  };
  return { clock, turns, done, add, untilDone };
}

it('works at once while the turn is young', () => {
  const { add, done, turns } = room();
  add(1, 1);
  add(2, 1);
  expect(done).toEqual([1, 2]);
  expect(turns.waitMs()).toBe(0);
});

it('leaves what comes later in a long turn to the next ones, in order, a slice in each', async () => {
  const { add, done, untilDone } = room();
  for (let i = 0; i < 20; i++) add(i, 2);
  expect(done).toEqual([0, 1]);
  const turns = await untilDone(20);
  expect(done).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(turns).toBeGreaterThanOrEqual(9);
});

it('works at once again when nothing waits any more', async () => {
  const { add, done, untilDone } = room();
  for (let i = 0; i < 10; i++) add(i, 3);
  await untilDone(10);
  await nextTurn();
  add(10, 1);
  expect(done).toHaveLength(11);
});

it('counts what work leaves to promises as part of its time', async () => {
  const { clock, turns, done, add, untilDone } = room();
  add(0, 4);
  for (let i = 1; i <= 6; i++)
    turns.add(() => {
      void Promise.resolve().then(() => {
        clock.ms += 4;
        done.push(i);
      });
    }, 'other');
  expect(await untilDone(7)).toBeGreaterThanOrEqual(6);
});

it('goes on with work that is added by work', async () => {
  const { turns, done, add, untilDone } = room();
  add(0, 5);
  turns.add(() => add(1, 1), 'other');
  await untilDone(2);
  expect(done).toEqual([0, 1]);
});

it('tells how long the next one would wait, from the pace it has seen', async () => {
  const { add, turns, untilDone, done } = room();
  for (let i = 0; i < 200; i++) add(i, 2);
  await untilDone(150);
  const ahead = 200 - done.length;
  expect(turns.waitMs()).toBeGreaterThan(ahead * 1.8);
  expect(turns.waitMs()).toBeLessThan(ahead * 2.2);
  await untilDone(200);
  expect(turns.waitMs()).toBe(0);
});

it('takes quick work in turn with the rest, and starves neither', async () => {
  const { add, done, untilDone } = room();
  for (let i = 0; i < 10; i++) add(i, 4);
  for (let i = 100; i < 104; i++) add(i, 4, 'quick');
  await untilDone(14);
  expect(done.slice(0, 9)).toEqual([0, 100, 1, 101, 2, 102, 3, 103, 4]);
});

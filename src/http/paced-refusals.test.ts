import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.js';
import { createPacedRefusals } from './paced-refusals.js';

/** Refusals that take half a millisecond each, by a clock that stands still unless it is moved. */
function room({ idle }: { readonly idle: boolean }) {
  const state = { idle, ms: 0 };
  const refusals = createPacedRefusals(
    () => state.idle,
    () => state.ms,
  );
  const heard: number[] = [];
  const refuse = (count: number) => {
    for (let i = 0; i < count; i += 1)
      refusals.add(() => {
        state.ms += 0.5;
        heard.push(heard.length);
      });
  };
  return { state, heard, refuse };
}

it('says no at once while there is time for it', () => {
  const { state, heard, refuse } = room({ idle: false });
  refuse(1);
  state.ms += 4;
  refuse(1);
  expect(heard).toHaveLength(2);
});

it('says no to as many as a quarter of the time pays for, in order', async () => {
  const { state, heard, refuse } = room({ idle: false });
  refuse(1);
  refuse(20);
  expect(heard).toHaveLength(1);
  // A quarter of it pays for three, a millisecond each with the reading.
  state.ms += 12;
  await eventually(() => heard.length > 1);
  expect(heard).toEqual([0, 1, 2, 3]);
});

it('forgets nobody, and rests while it may not say more', async () => {
  const { state, heard, refuse } = room({ idle: false });
  refuse(50);
  const turns = { count: 0 };
  while (heard.length < 50) {
    state.ms += 4;
    await wait(1);
    turns.count += 1;
    expect(turns.count).toBeLessThan(500);
  }
  expect(heard).toEqual(Array.from({ length: 50 }, (_, i) => i));
});

it('says no to some in every turn while little waits', async () => {
  const { state, heard, refuse } = room({ idle: false });
  state.idle = true;
  refuse(41);
  expect(heard).toHaveLength(1);
  await nextTurn();
  expect(heard).toHaveLength(17);
  for (let turns = 0; turns < 3; turns += 1) await nextTurn();
  expect(heard).toHaveLength(41);
});

it('saves up no more than a short time pays for', () => {
  const { state, heard, refuse } = room({ idle: false });
  refuse(1);
  state.ms += 60_000;
  refuse(60);
  // 25 ms, and a little that is earned meanwhile.
  expect(heard.length).toBeGreaterThan(20);
  expect(heard.length).toBeLessThan(40);
});

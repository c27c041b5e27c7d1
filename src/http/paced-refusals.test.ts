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
  const refuse = (count: number, { takesMs = 0.5, to = { destroyed: false } } = {}) => {
    for (let i = 0; i < count; i += 1)
      refusals.add(to, () => {
        state.ms += takesMs;
        heard.push(heard.length);
      });
  };
  /** Four milliseconds after the other, until so many have heard. */
  const untilHeard = async (count: number) => {
    for (let turns = 0; heard.length < count; turns += 1) {
      expect(turns).toBeLessThan(500);
      state.ms += 4;
      await wait(1);
    }
  };
  return { state, heard, refuse, untilHeard };
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
  const { heard, refuse, untilHeard } = room({ idle: false });
  refuse(50);
  await untilHeard(50);
  expect(heard).toEqual(Array.from({ length: 50 }, (_, i) => i));
});

it('takes a pause of the process for no cost of a refusal', async () => {
  const { refuse, untilHeard } = room({ idle: false });
  refuse(1, { takesMs: 300 });
  refuse(50);
  await untilHeard(51);
});

it('says nothing to who has left, and counts it for nothing', async () => {
  const { heard, refuse, untilHeard } = room({ idle: false });
  const leaving = { destroyed: false };
  refuse(1);
  refuse(1000, { to: leaving });
  refuse(1);
  leaving.destroyed = true;
  await untilHeard(2);
  expect(heard).toHaveLength(2);
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

import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createParkedConnections } from './parked-connections.js';

const paused = (all: readonly Socket[]) => all.filter((socket) => socket.isPaused()).length;

/** So many connections parked at once, each refused in half a millisecond, by a clock that stands still unless it is moved. */
function room({ idle, count }: { readonly idle: boolean; readonly count: number }) {
  const state = { idle, ms: 0 };
  const parked = createParkedConnections(
    () => state.idle,
    () => state.ms,
  );
  const all = Array.from({ length: count }, () => new Socket());
  for (const socket of all) parked.park(socket, 0.5);
  /** A turn of the event loop that takes so long. */
  const turn = async (ms: number) => {
    state.ms += ms;
    await nextTurn();
  };
  return { state, parked, all, turn };
}

it('reads from as many a turn as a quarter of the time pays for, the first parked first', async () => {
  const { all, turn } = room({ idle: false, count: 10 });
  await turn(0);
  expect(paused(all)).toBe(10);
  await turn(12);
  expect(all.map((socket) => socket.isPaused())).toEqual([
    ...Array<boolean>(3).fill(false),
    ...Array<boolean>(7).fill(true),
  ]);
  await turn(2);
  await turn(2);
  expect(paused(all)).toBe(6);
});

it('forgets none of them', async () => {
  const { all, turn } = room({ idle: false, count: 50 });
  for (let turns = 0; turns < 51; turns++) await turn(4);
  expect(paused(all)).toBe(0);
});

it('lets many go at once when little waits', async () => {
  const { state, all, turn } = room({ idle: false, count: 40 });
  await turn(0);
  state.idle = true;
  await turn(0);
  expect(paused(all)).toBe(24);
  for (let turns = 0; turns < 2; turns++) await turn(0);
  expect(paused(all)).toBe(0);
});

it('saves up no more than a short time pays for', async () => {
  const { all, turn } = room({ idle: false, count: 60 });
  await turn(60_000);
  expect(paused(all)).toBe(35);
});

it('forgets a connection that is gone', async () => {
  const { all, turn } = room({ idle: false, count: 3 });
  all[0]?.destroy();
  await turn(0);
  expect(all.map((socket) => socket.isPaused())).toEqual([false, true, true]);
  await turn(4);
  expect(all.map((socket) => socket.isPaused())).toEqual([false, false, true]);
});

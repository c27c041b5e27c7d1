// Work runs exactly while the lease is held, through failures of asking and of starting.
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.js';
import { startLeaseLoop, type WorkEnd } from './lease-loop.js';

function stage({ everyMs = 2, held = false } = {}) {
  const state = {
    answer: (): Promise<boolean> => Promise.resolve(held),
    startFails: false,
    asked: 0,
    starts: 0,
    running: 0,
    released: 0,
    reported: [] as boolean[],
  };
  let endWork: ((why: WorkEnd) => void) | undefined;
  const loop = startLeaseLoop({
    acquire: () => {
      state.asked += 1;
      return state.answer();
    },
    release: () => {
      state.released += 1;
      return Promise.resolve();
    },
    everyMs,
    start: (onEnded) => {
      state.starts += 1;
      if (state.startFails) return Promise.reject(new Error('not now'));
      state.running += 1;
      const end = () => {
        state.running -= 1;
      };
      endWork = (why) => {
        end();
        onEnded(why);
      };
      return Promise.resolve({ stop: () => Promise.resolve().then(end) });
    },
    onHeld: (held) => state.reported.push(held),
    log: pino({ level: 'silent' }),
  });
  return { state, loop, endWork: (why: WorkEnd) => endWork?.(why) };
}
const hold = (held: boolean) => () => Promise.resolve(held);

describe('a lease loop', () => {
  it('starts work once when it gets the lease and ends it when another has it', async () => {
    const { state, loop } = stage();
    state.answer = hold(true);
    await eventually(() => state.running === 1 && state.asked > 4);
    state.answer = hold(false);
    await eventually(() => state.running === 0);
    expect(state).toMatchObject({ starts: 1, reported: [true, false] });
    await loop.stop();
  });

  it('goes on working while the lease cannot be asked for', async () => {
    const { state, loop } = stage();
    state.answer = hold(true);
    await eventually(() => state.running === 1);
    state.answer = () => Promise.reject(new Error('away'));
    const { asked } = state;
    await eventually(() => state.asked > asked + 4);
    expect(state.running).toBe(1);
    await loop.stop();
    expect(state).toMatchObject({ running: 0, released: 1 });
  });

  it('starts anew after a start that failed, and after the work found the lease lost', async () => {
    const { state, loop, endWork } = stage();
    state.startFails = true;
    state.answer = hold(true);
    await eventually(() => state.starts > 1);
    state.startFails = false;
    await eventually(() => state.reported.length === 1);
    endWork('lease-lost');
    await eventually(() => state.reported.length === 3);
    expect(state.running).toBe(1);
    await loop.stop();
    expect(state).toMatchObject({ running: 0, released: 1, reported: [true, false, true, false] });
  });

  it('starts anew at once when the work asks for it, and reports no loss of the lease', async () => {
    const { state, loop, endWork } = stage({ everyMs: 60_000, held: true });
    await eventually(() => state.reported.length === 1);
    endWork('again');
    await eventually(() => state.starts === 2);
    expect(state).toMatchObject({ running: 1, reported: [true] });
    await loop.stop();
    expect(state).toMatchObject({ running: 0, released: 1, reported: [true, false] });
  });
});

// Turns at the session threads: who goes next, what is given in advance, and that nobody is passed over for ever.
import { describe, expect, test } from 'vitest';
import { createCallQueue, type CallQueue, type Lane, type Slot } from './call-queue.js';

interface TestSlot extends Slot {
  able: boolean;
}

/** A queue whose calls end when the test says so. */
function setUp(threads: number) {
  const queue: CallQueue<TestSlot> = createCallQueue();
  const slots: TestSlot[] = Array.from({ length: threads }, () => ({ calls: 0, expectedMs: 0, able: true }));
  const started: string[] = [];
  const ends = new Map<string, (computeMs: number) => void>();
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  return {
    queue,
    slots,
    started,
    settle,
    lane: (meanMs?: number, among: readonly TestSlot[] = slots): Lane<TestSlot> => ({
      slots: among,
      canRun: (slot) => slot.able,
      meanMs,
      servedMs: 0,
      waiting: [],
    }),
    call: (lane: Lane<TestSlot>, name: string) =>
      queue.run(lane, async (slot) => {
        started.push(name);
        const computeMs = await new Promise<number>((end) => ends.set(name, end));
        return { computeMs, place: slots.indexOf(slot) };
      }),
    end: async (name: string, computeMs: number) => {
      ends.get(name)?.(computeMs);
      await settle();
    },
  };
}

describe('a call queue', () => {
  test('gives each call to the thread that is least busy', async () => {
    const { call, lane, settle, started, end } = setUp(2);
    const slow = lane(50);
    const calls = [call(slow, 'a'), call(slow, 'b'), call(slow, 'c')];
    await settle();
    expect(started).toEqual(['a', 'b']);
    await end('b', 50);
    expect(started).toEqual(['a', 'b', 'c']);
    await end('a', 50);
    await end('c', 50);
    expect((await Promise.all(calls)).map(({ place }) => place)).toEqual([0, 1, 1]);
  });

  test('gives a thread short calls in advance, but never four at once nor more than it takes to keep it busy', async () => {
    const { call, lane, settle, started } = setUp(1);
    const short = lane(0.05);
    for (const name of 'abcdef') void call(short, name);
    await settle();
    expect(started).toEqual(['a', 'b', 'c', 'd']);
    const { call: callB, lane: laneB, settle: settleB, started: startedB } = setUp(1);
    const middling = laneB(0.4);
    for (const name of 'abcdef') void callB(middling, name);
    await settleB();
    expect(startedB).toEqual(['a', 'b']);
  });

  test('gives nothing in advance to a thread whose call is of unknown length', async () => {
    const { call, lane, settle, started } = setUp(1);
    void call(lane(), 'new');
    void call(lane(0.05), 'short');
    await settle();
    expect(started).toEqual(['new']);
  });

  test('shares threads by the time each lane used, not by the number of its calls', async () => {
    const { call, lane, settle, started, end } = setUp(1);
    const slow = lane(30);
    const quick = lane(10);
    for (let i = 0; i < 4; i++) void call(slow, `slow${i}`);
    for (let i = 0; i < 8; i++) void call(quick, `quick${i}`);
    await settle();
    for (let i = 0; i < 8; i++) {
      const name = started.at(-1) ?? '';
      await end(name, name.startsWith('slow') ? 30 : 10);
    }
    const quickOnes = started.slice(0, 8).filter((name) => name.startsWith('quick')).length;
    expect(quickOnes).toBe(6);
  });

  test('does not owe a lane the time in which it wanted nothing', async () => {
    const { call, lane, settle, started, end } = setUp(1);
    const busy = lane(10);
    for (let i = 0; i < 6; i++) void call(busy, `busy${i}`);
    await settle();
    for (let i = 0; i < 4; i++) await end(`busy${i}`, 10);
    const late = lane(10);
    for (let i = 0; i < 4; i++) void call(late, `late${i}`);
    for (let i = 0; i < 3; i++) await end(started.at(-1) ?? '', 10);
    expect(started.slice(5)).toContain('busy5');
  });

  test('lets a long call through a stream of short ones', async () => {
    const { call, lane, settle, started, end } = setUp(1);
    const short = lane(0.1);
    void call(short, 's0');
    void call(short, 's1');
    await settle();
    void call(lane(20), 'long');
    for (let i = 2; i < 12; i++) {
      void call(short, `s${i}`);
      await end(`s${i - 2}`, 0.1);
    }
    expect(started).toContain('long');
  });

  test('keeps calls for threads that can run them, and takes them up when woken', async () => {
    const { call, lane, settle, started, slots, queue } = setUp(2);
    for (const slot of slots) slot.able = false;
    const only = lane(10, slots.slice(1));
    void call(only, 'a');
    await settle();
    expect(started).toEqual([]);
    for (const slot of slots) slot.able = true;
    queue.wake();
    await settle();
    expect(started).toEqual(['a']);
    expect(slots.map(({ calls }) => calls)).toEqual([0, 1]);
  });

  test('rejects what waits on a lane that is given up, and goes on with the others', async () => {
    const { call, lane, settle, queue, started, end } = setUp(1);
    const doomed = lane(10);
    void call(lane(10), 'first');
    const waiting = call(doomed, 'never');
    void call(lane(10), 'last');
    await settle();
    queue.fail(doomed, new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await end('first', 10);
    expect(started).toEqual(['first', 'last']);
  });

  test('frees the thread of a call that failed', async () => {
    const { queue, lane, slots } = setUp(1);
    const failing = queue.run(lane(10), () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(slots).toMatchObject([{ calls: 0, expectedMs: 0 }]);
  });
});

// Spreads work over turns of the event loop, so that the rest of the process moves on while much of it waits.
import { createLine } from './line.js';

/** Quick work is taken in turn with other work while both wait, however long the line of the other is. */
export type WorkKind = 'quick' | 'other';

export interface WorkTurns {
  /** Runs it now where this turn has time left and nothing waits before it, else in a later turn, in order. It may not throw. */
  add(work: () => void, kind: WorkKind): void;
  /** How long what is added now would wait, in ms. */
  waitMs(): number;
}

/** Work of one turn: short beside what a client notices, long beside what a turn itself costs. */
const SLICE_MS = 4;
/** What a turn still counts for in the next one. */
const KEEP = 0.9;
const PRIOR = { ms: 1, done: 10 };

/**
 * Without it, a turn that finds a thousand sockets readable answers none of them, nor takes a worker's reply, before it has
 * worked on all: what waits would be out of sight, in the kernel, where nobody can say no to it.
 */
export function createWorkTurns(now: () => number = () => performance.now()): WorkTurns {
  const lines = { quick: createLine<() => void>(), other: createLine<() => void>() };
  /** When the first work of this turn was added, and how much was done at once; undefined before it. */
  let turn: { readonly beganAt: number; done: number } | undefined;
  let isScheduled = false;
  let sliceEndedAt = 0;
  let last: WorkKind = 'other';
  /** Recent time while work waited, with all the process did meanwhile, and what was done of it. */
  let recent = PRIOR;

  const waiting = () => lines.quick.size() + lines.other.size();
  const take = () => {
    const isQuickTurn = last === 'other' && lines.quick.size() > 0;
    last = isQuickTurn || lines.other.size() === 0 ? 'quick' : 'other';
    return lines[last].take();
  };
  const notePace = (done: number) => {
    const tookMs = now() - sliceEndedAt;
    sliceEndedAt += tookMs;
    recent = { ms: KEEP * recent.ms + tookMs, done: KEEP * recent.done + done };
  };
  const runSlice = async (alreadyDone: number): Promise<void> => {
    const until = now() + SLICE_MS;
    let done = alreadyDone;
    // One at least, however slow the clock's turn was.
    do {
      take()?.();
      done += 1;
      // What it left to promises is part of its time.
      await Promise.resolve();
    } while (waiting() > 0 && now() < until);
    notePace(done);
    isScheduled = false;
    schedule(0);
  };
  const schedule = (alreadyDone: number) => {
    if (isScheduled || waiting() === 0) return;
    isScheduled = true;
    setImmediate(() => void runSlice(alreadyDone));
  };
  const endTurn = () => {
    const { beganAt, done } = turn ?? { beganAt: now(), done: 0 };
    turn = undefined;
    if (isScheduled) return;
    sliceEndedAt = beganAt;
    schedule(done);
  };

  return {
    add(work, kind) {
      if (waiting() > 0 || isScheduled) {
        lines[kind].add(work);
        return;
      }
      if (turn === undefined) {
        turn = { beganAt: now(), done: 0 };
        setImmediate(endTurn);
      }
      if (now() - turn.beganAt < SLICE_MS) {
        turn.done += 1;
        work();
      } else {
        lines[kind].add(work);
      }
    },
    waitMs: () => (waiting() * recent.ms) / recent.done,
  };
}

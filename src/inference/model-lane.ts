// One model version while it has sessions: its plan, the threads that may hold it, and how far it is in use.
import type { Lane, Slot } from './call-queue.js';
import type { SessionThread } from './thread-handle.js';
import type { ElementType, SessionPlan } from './thread-protocol.js';

/** A place for a session thread; one that died is replaced. */
export interface ThreadSlot extends Slot {
  thread: SessionThread;
}

export interface ModelLane extends Lane<ThreadSlot> {
  /** The number of its sessions in every thread; never used again. */
  readonly session: number;
  readonly plan: SessionPlan;
  /** Known once a session is open. */
  types: readonly ElementType[];
  /** Calls and loads under way. */
  calls: number;
  /** Counts up with every use of any lane. */
  usedAt: number;
}

/** `among` are the lanes there are: threads with the fewest of them are taken first. */
export function createModelLane(
  plan: SessionPlan,
  session: number,
  threads: number,
  slots: readonly ThreadSlot[],
  among: Iterable<ModelLane>,
): ModelLane {
  const lanes = [...among];
  const load = (slot: ThreadSlot) => lanes.filter((lane) => lane.slots.includes(slot)).length;
  return {
    session,
    plan,
    slots: [...slots].sort((a, b) => load(a) - load(b)).slice(0, threads),
    canRun: ({ thread }) => thread.sessions.has(session),
    types: [],
    calls: 0,
    usedAt: 0,
    meanMs: undefined,
    servedMs: 0,
    waiting: [],
  };
}

/** Whether a thread has a session of it that is open and warm. */
export function isReady(lane: ModelLane): boolean {
  return lane.slots.some(lane.canRun);
}

/** What its sessions in all threads are counted with. */
export function bytesOf({ slots, session }: ModelLane): number {
  return slots.reduce((sum, { thread }) => sum + (thread.sessions.get(session) ?? 0), 0);
}

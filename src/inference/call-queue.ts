// Which call goes to which session thread next: models take turns by the time they used, threads get little in advance.

/** A session thread, as far as its share of the work is concerned. */
export interface Slot {
  /** Calls it was given and has not answered. */
  calls: number;
  /** What those are expected to take. */
  expectedMs: number;
}

/** The calls of one model version. */
export interface Lane<S extends Slot> {
  readonly slots: readonly S[];
  /** Whether this thread can take a call of this lane now. */
  readonly canRun: (slot: S) => boolean;
  /** Compute time of a call, averaged over the last ones; undefined before the first. */
  meanMs: number | undefined;
  /** Compute time this lane has had, on a clock that all lanes share. */
  servedMs: number;
  readonly waiting: Waiting<S>[];
}

interface Turn<S> {
  readonly slot: S;
  readonly expectedMs: number;
}

interface Waiting<S> {
  readonly go: (turn: Turn<S>) => void;
  readonly fail: (error: unknown) => void;
}

export interface CallQueue<S extends Slot> {
  /** Runs `call` on the least busy thread of its lane, when it is this lane's turn. */
  run<T extends { readonly computeMs: number }>(lane: Lane<S>, call: (slot: S) => Promise<T>): Promise<T>;
  /** To be called when a thread can take calls that it could not take before. */
  wake(): void;
  /** Rejects the waiting calls of a lane that no thread can take any more. */
  fail(lane: Lane<S>, error: unknown): void;
}

// A second call spares a thread the pause between two, but whoever comes next waits for it too: only short ones pay.
const AHEAD_MS = 1;
const AHEAD_CALLS = 4;
const NEW_SHARE = 0.2;

/**
 * Among lanes with waiting calls the one served least goes first (start-time fair queueing, Goyal et al. 1996), so a slow model
 * cannot starve another. Its length is bounded by its callers, who wait for their answers.
 */
export function createCallQueue<S extends Slot>(): CallQueue<S> {
  const lanes = new Set<Lane<S>>();
  let clockMs = 0;

  const expectedOf = (lane: Lane<S>) => lane.meanMs ?? AHEAD_MS;

  const freeSlot = (lane: Lane<S>): S | undefined => {
    // While others wait nothing goes ahead, or a thread that many short calls keep busy would never be free for a long one.
    const alone = lanes.size === 0 || (lanes.size === 1 && lanes.has(lane));
    let found: S | undefined;
    for (const slot of lane.slots) {
      if (!lane.canRun(slot)) continue;
      const ahead = alone && slot.calls < AHEAD_CALLS && slot.expectedMs + expectedOf(lane) < AHEAD_MS;
      if (slot.calls > 0 && !ahead) continue;
      if (found === undefined || slot.calls < found.calls) found = slot;
    }
    return found;
  };

  const take = (lane: Lane<S>, slot: S): Turn<S> => {
    const expectedMs = expectedOf(lane);
    clockMs = Math.max(clockMs, lane.servedMs);
    lane.servedMs += expectedMs;
    slot.calls++;
    slot.expectedMs += expectedMs;
    return { slot, expectedMs };
  };

  const nextUp = (): { lane: Lane<S>; slot: S } | undefined => {
    let next: { lane: Lane<S>; slot: S } | undefined;
    for (const lane of lanes) {
      if (next !== undefined && lane.servedMs >= next.lane.servedMs) continue;
      const slot = freeSlot(lane);
      if (slot !== undefined) next = { lane, slot };
    }
    return next;
  };

  const wake = (): void => {
    for (let next = nextUp(); next !== undefined; next = nextUp()) {
      const { lane, slot } = next;
      const first = lane.waiting.shift();
      if (lane.waiting.length === 0) lanes.delete(lane);
      first?.go(take(lane, slot));
    }
  };

  const turnOf = (lane: Lane<S>): Turn<S> | Promise<Turn<S>> => {
    // Time in which a lane wanted nothing is not owed to it.
    if (lane.waiting.length === 0) lane.servedMs = Math.max(lane.servedMs, clockMs);
    const slot = lane.waiting.length === 0 ? freeSlot(lane) : undefined;
    if (slot !== undefined) return take(lane, slot);
    return new Promise((go, fail) => {
      lane.waiting.push({ go, fail });
      lanes.add(lane);
    });
  };

  return {
    wake,
    fail(lane, error) {
      lanes.delete(lane);
      for (const { fail } of lane.waiting.splice(0)) fail(error);
    },
    async run(lane, call) {
      const { slot, expectedMs } = await turnOf(lane);
      try {
        const answer = await call(slot);
        lane.servedMs += answer.computeMs - expectedMs;
        lane.meanMs =
          lane.meanMs === undefined
            ? answer.computeMs
            : lane.meanMs + NEW_SHARE * (answer.computeMs - lane.meanMs);
        return answer;
      } finally {
        slot.calls--;
        slot.expectedMs = slot.calls === 0 ? 0 : slot.expectedMs - expectedMs;
        wake();
      }
    },
  };
}

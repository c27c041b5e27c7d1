// When those hear it who are refused: at once while there is time for it, in their turn when saying no would take what answers need.
import { createLine } from './line.js';

/** The answer that is owed; who is gone has given up. */
interface Owed {
  readonly destroyed: boolean;
}

export interface PacedRefusals {
  /** Calls `refuse` now or later, in order, unless the client has left by then. It may not throw. */
  add(to: Owed, refuse: () => void): void;
}

/** What refusals may take of the time, which answers need: past that, who is refused hears it later, and comes again later. */
const SHARE = 0.25;
/** Reading what is refused takes about as long again as answering it, which is what can be measured. */
const READING = 2;
const NEW_SHARE = 0.05;
// What took longer was a pause of the process: taken for the cost of a refusal, it would hold up those behind for as long as nothing is idle.
const MOST_MS = 2;
// What was not used in quiet times is not there to be used later.
const MOST_CREDIT_MS = 25;
const FREE_WHEN_IDLE = 16;

/**
 * Past some load a server that says no to all there is would do nothing else. A client that waits for an answer sends nothing
 * more on its connection, so answering late is what slows those down who come again at once; to read from them late instead
 * would cost as much as the refusal itself.
 */
export function createPacedRefusals(
  isIdle: () => boolean,
  now: () => number = () => performance.now(),
): PacedRefusals {
  const line = createLine<{ readonly to: Owed; readonly refuse: () => void }>();
  let costMs: number | undefined;
  let creditMs = 0;
  let lookedAt = now();
  let isScheduled = false;

  const oneMs = () => READING * (costMs ?? 0);
  const earn = () => {
    const at = now();
    creditMs = Math.min(MOST_CREDIT_MS, creditMs + SHARE * (at - lookedAt));
    lookedAt = at;
  };
  const spend = (refuse: () => void) => {
    const startedAt = now();
    refuse();
    const tookMs = Math.min(MOST_MS, now() - startedAt);
    costMs = costMs === undefined ? tookMs : costMs + NEW_SHARE * (tookMs - costMs);
    creditMs = Math.max(0, creditMs - READING * tookMs);
  };
  const takeTurn = () => {
    isScheduled = false;
    earn();
    const free = isIdle() ? FREE_WHEN_IDLE : 0;
    for (let said = 0; said < free || creditMs >= oneMs();) {
      const next = line.take();
      if (next === undefined) return;
      if (next.to.destroyed) continue;
      spend(next.refuse);
      said += 1;
    }
    schedule();
  };
  const schedule = () => {
    if (isScheduled || line.size() === 0) return;
    isScheduled = true;
    const missingMs = oneMs() - creditMs;
    if (missingMs <= 0 || isIdle()) setImmediate(takeTurn);
    else setTimeout(takeTurn, missingMs / SHARE);
  };
  return {
    add(to, refuse) {
      earn();
      if (line.size() === 0 && creditMs >= oneMs()) {
        spend(refuse);
        return;
      }
      line.add({ to, refuse });
      schedule();
    },
  };
}

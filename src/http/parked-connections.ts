// Connections whose last request was refused: what they send next is read when the server can afford to look at it.
import type { Socket } from 'node:net';

export interface ParkedConnections {
  /** Stops reading from the connection until its turn comes; `costMs` is what the refusal took. */
  park(socket: Socket, costMs: number): void;
}

/** What refusals may take of the time, which answers need: past that, who comes again at once waits. */
const SHARE = 0.25;
/** Reading what is refused takes about as long again as answering it, which is what can be measured. */
const READING = 2;
const NEW_SHARE = 0.05;
// What was not used in quiet times is not there to be used later.
const MOST_CREDIT_MS = 25;
const MOST_WHEN_IDLE = 16;

/**
 * Saying no takes time that answers need: past some load a server that looks at all there is would do nothing else, and each
 * turn of its loop would last as long as all of that takes. So connections of those who were told to come back later are read
 * from again in the order in which they were parked, as many in a turn as their share of the time pays for.
 */
export function createParkedConnections(
  isIdle: () => boolean,
  now: () => number = () => performance.now(),
): ParkedConnections {
  let fresh: Socket[] = [];
  const parked = new Set<Socket>();
  let costMs: number | undefined;
  let creditMs = 0;
  let lookedAt = now();
  let isScheduled = false;

  const takeTurn = () => {
    isScheduled = false;
    // Only now: HTTP reads on once more to be rid of the body of what was refused.
    for (const socket of fresh) {
      if (socket.destroyed) continue;
      socket.pause();
      parked.add(socket);
    }
    fresh = [];
    const at = now();
    creditMs = Math.min(MOST_CREDIT_MS, creditMs + SHARE * (at - lookedAt));
    lookedAt = at;
    const oneMs = READING * (costMs ?? 0);
    let looks = isIdle() ? MOST_WHEN_IDLE : Math.floor(creditMs / oneMs);
    for (const socket of parked) {
      if (looks-- <= 0) break;
      creditMs -= oneMs;
      parked.delete(socket);
      socket.resume();
    }
    creditMs = Math.max(0, creditMs);
    schedule();
  };
  const schedule = () => {
    if (isScheduled || parked.size + fresh.length === 0) return;
    isScheduled = true;
    setImmediate(takeTurn);
  };
  return {
    park(socket, tookMs) {
      costMs = costMs === undefined ? tookMs : costMs + NEW_SHARE * (tookMs - costMs);
      fresh.push(socket);
      schedule();
    },
  };
}

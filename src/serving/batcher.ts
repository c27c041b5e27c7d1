// Forms batches for one model version without a timer: what waits leaves at once while few batches are under way.
import { AppError } from '../errors.js';
import type { WaitingRow } from './row.js';

export interface BatcherOptions {
  readonly maxRows: number;
  /** Batches under way before further rows wait for one to return. */
  readonly maxInFlight: number;
  /** Rows that may wait here; more are refused. */
  readonly maxWaiting: number;
  /** Sends one batch; resolves when it has come back, whatever became of its rows. */
  readonly send: (rows: readonly WaitingRow[]) => Promise<void>;
  /** Told how many rows wait whenever that changes. */
  readonly onWaiting: (rows: number) => void;
  readonly now: () => number;
}

export interface Batcher {
  /** Takes a row or rejects it OVERLOADED when it cannot be answered in time. */
  add(row: WaitingRow): void;
}

// How fast the estimate of a batch's round trip follows what is seen.
const SMOOTHING = 0.2;
// A batch that is lost must not hold its place: after this long others may pass it.
const GIVE_UP_PLACE_MS = 2000;

/** Work-conserving: a lone row leaves at once, a busy server forms large batches by itself. */
export function createBatcher({
  maxRows,
  maxInFlight,
  maxWaiting,
  send,
  onWaiting,
  now,
}: BatcherOptions): Batcher {
  const waiting: WaitingRow[] = [];
  let inFlight = 0;
  let roundTripMs = 0;

  const flush = () => {
    while (inFlight < maxInFlight && waiting.length > 0) {
      const rows = waiting.splice(0, maxRows).filter((row) => !row.settled());
      if (rows.length > 0) launch(rows);
    }
    onWaiting(waiting.length);
  };

  const launch = (rows: readonly WaitingRow[]) => {
    inFlight += 1;
    for (const row of rows) row.markSent();
    const sentAt = now();
    let holdsPlace = true;
    const freePlace = () => {
      if (!holdsPlace) return;
      holdsPlace = false;
      clearTimeout(timer);
      inFlight -= 1;
      const seen = now() - sentAt;
      roundTripMs = roundTripMs === 0 ? seen : roundTripMs + SMOOTHING * (seen - roundTripMs);
      flush();
    };
    const timer = setTimeout(freePlace, GIVE_UP_PLACE_MS);
    void send(rows).finally(freePlace);
  };

  const predictedWaitMs = () => {
    const batchesAhead = Math.floor(waiting.length / maxRows) + (inFlight < maxInFlight ? 0 : 1);
    return (batchesAhead / maxInFlight) * roundTripMs;
  };

  return {
    add(row) {
      const wait = predictedWaitMs();
      if (waiting.length >= maxWaiting || now() + wait > row.deadlineAt) {
        const retryAfterMs = Math.max(100, Math.ceil(wait));
        row.reject(new AppError('OVERLOADED', undefined, { details: { retryAfterMs } }));
        return;
      }
      waiting.push(row);
      onWaiting(waiting.length);
      // Rows that arrive in the same turn of the event loop leave together.
      if (waiting.length === 1) setImmediate(flush);
      else if (waiting.length >= maxRows) flush();
    },
  };
}

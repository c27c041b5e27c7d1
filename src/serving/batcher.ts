// Forms batches for one model version without a timer: what waits leaves at once while few batches are under way.
import type { LaneEstimate } from '../batching/lane-estimate.js';
import { expire, type Row, type WaitingRow } from './row.js';

/** A batch that was executed; `computeMs` is undefined when its rows did not all run in one call. */
export interface Executed {
  readonly computeMs: number | undefined;
}

export interface BatcherOptions {
  readonly estimate: LaneEstimate;
  /** No batch has more rows, whatever they cost. */
  readonly maxRows: number;
  /** What a row costs of a batch's limit: 1 unless rows differ in size. */
  readonly costOf?: (row: Row) => number;
  /** Inference slots of the workers that take these batches, one at least. */
  readonly slots: () => number;
  /** Sends one batch; resolves when it is over: with what the worker says, or with nothing when that never came. */
  readonly send: (rows: readonly WaitingRow[]) => Promise<Executed | undefined>;
  readonly observer: BatcherObserver;
  readonly now: () => number;
}

/** Told of what happens, for metrics. */
export interface BatcherObserver {
  /** After every turn in which something changed. */
  changed(load: LaneLoad): void;
  left(rows: readonly WaitingRow[], limit: number): void;
  returned(): void;
}

/** What a lane has taken and not finished. */
export interface LaneLoad {
  readonly waitingRows: number;
  readonly waitingCost: number;
  /** Batches that hold a place. */
  readonly batches: number;
  readonly sentRows: number;
  readonly sentCost: number;
  /** Epoch ms at which a batch last came back, or left with none under way. */
  readonly progressAt: number;
}

export interface Batcher {
  /** Takes rows that were admitted. */
  add(rows: readonly WaitingRow[]): void;
  load(): LaneLoad;
}

/**
 * One batch waits at the workers beside those that run there, so that a slot never waits for a round trip. More are not done
 * sooner, only smaller, unless a full one waits: at 64 clients of a light model two under way carry 19 rows each, three 16 and
 * four 15.
 */
const PREPARED = 1;
// A batch that is lost must not hold its place; one that is merely slow must, or they would pile up.
const LEAST_PATIENCE_MS = 2000;
const PATIENCE = 4;
const MOST_PATIENCE_MS = 60_000;
// Batches may come back several in one turn, so their distance is taken over at least this long.
const LEAST_WINDOW_MS = 20;

/** Work-conserving: a lone row leaves at once, a busy server forms large batches by itself. */
export function createBatcher(options: BatcherOptions): Batcher {
  const { estimate, maxRows, costOf = () => 1, slots, send, observer, now } = options;
  let line: WaitingRow[] = [];
  let head = 0;
  let waitingCost = 0;
  let batches = 0;
  let sentRows = 0;
  let sentCost = 0;
  let progressAt = now();
  let flushing = false;
  /** Rounds of places given up since a batch last came back; each makes the next wait twice as long. */
  let roundsGivenUp = 0;
  /** The batches that came back since as many as may be have been under way without a gap. */
  let busy: { readonly since: number; batches: number; cost: number } | undefined;

  /** How many batches may be under way, when one is full at `limit`. */
  const places = (limit: number) =>
    PREPARED + (waitingCost >= limit ? slots() : Math.min(slots(), estimate.busySlots()));
  const load = (): LaneLoad => {
    for (let first = line[head]; first?.state === 'settled'; first = line[head]) drop(first);
    const waitingRows = line.length - head;
    return { waitingRows, waitingCost, batches, sentRows, sentCost, progressAt };
  };
  const drop = (row: WaitingRow) => {
    head += 1;
    waitingCost -= costOf(row);
    if (head > 1000 && head > line.length / 2) [line, head] = [line.slice(head), 0];
  };

  const take = (limit: number): { readonly rows: WaitingRow[]; readonly cost: number } => {
    const rows: WaitingRow[] = [];
    let cost = 0;
    for (let row = line[head]; row !== undefined && rows.length < maxRows; row = line[head]) {
      const its = costOf(row);
      if (rows.length > 0 && cost + its > limit) break;
      drop(row);
      if (row.deadlineAt <= now()) expire(row);
      if (row.state === 'settled') continue;
      rows.push(row);
      cost += its;
    }
    return { rows, cost };
  };

  const flush = () => {
    const limit = estimate.batchLimit();
    while (batches < places(limit) && head < line.length) {
      const { rows, cost } = take(limit);
      if (rows.length > 0) launch(rows, cost, limit);
    }
    if (batches < places(limit)) busy = undefined;
    else busy ??= { since: now(), batches: 0, cost: 0 };
    observer.changed(load());
  };

  const launch = (rows: readonly WaitingRow[], cost: number, limit: number) => {
    const sentAt = now();
    const metFreeSlot = batches < slots();
    // What is under way already is done before it.
    const expectedMs = estimate.drainMs(sentCost) + estimate.workMs(cost);
    if (sentRows === 0) progressAt = sentAt;
    batches += 1;
    sentRows += rows.length;
    sentCost += cost;
    for (const row of rows) row.state = 'sent';
    observer.left(rows, limit);

    let holdsPlace = true;
    const freePlace = () => {
      if (holdsPlace) batches -= 1;
      holdsPlace = false;
    };
    const round = roundsGivenUp;
    const patienceMs = Math.max(LEAST_PATIENCE_MS, PATIENCE * expectedMs) * 2 ** round;
    const timer = setTimeout(
      () => {
        // Places stall together: only the first of those that waited equally long says anything new.
        if (round === roundsGivenUp) roundsGivenUp += 1;
        busy = undefined;
        freePlace();
        flush();
      },
      Math.min(patienceMs, MOST_PATIENCE_MS),
    );
    const over = (executed: Executed | undefined) => {
      clearTimeout(timer);
      freePlace();
      sentRows -= rows.length;
      sentCost -= cost;
      progressAt = now();
      if (executed === undefined) {
        busy = undefined;
      } else {
        roundsGivenUp = 0;
        estimate.returned({
          cost,
          computeMs: executed.computeMs,
          roundTripMs: progressAt - sentAt,
          metFreeSlot,
        });
        noteDrain(cost);
        observer.returned();
      }
      flush();
    };
    send(rows).then(over, () => over(undefined));
  };

  const noteDrain = (cost: number) => {
    if (busy === undefined) return;
    busy.batches += 1;
    busy.cost += cost;
    const tookMs = now() - busy.since;
    if (tookMs < LEAST_WINDOW_MS) return;
    estimate.drained(busy.cost / busy.batches, tookMs / busy.batches);
    busy = undefined;
  };

  return {
    add(rows) {
      const isIdle = batches === 0 && head === line.length;
      for (const row of rows) {
        line.push(row);
        waitingCost += costOf(row);
      }
      // Nobody to wait for: it leaves now. Else what arrives in the same turn of the event loop leaves together.
      if (isIdle) {
        flush();
      } else if (!flushing) {
        flushing = true;
        setImmediate(() => {
          flushing = false;
          flush();
        });
      }
    },
    load,
  };
}

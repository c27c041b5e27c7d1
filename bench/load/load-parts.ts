// What both patterns of load are made from.
import type { Histogram } from './histogram.js';
import type { Judgement } from './judge-answer.js';
import type { Clock, Tally } from './tally.js';

export interface LoadParts {
  readonly host: string;
  readonly port: number;
  /** Whole requests, sent in turn. */
  readonly requests: readonly Buffer[];
  /** When the load starts, warm-up included; ms of `performance.now()`. */
  readonly begin: number;
  /** When it counts; it ends with it. */
  readonly clock: Clock;
  readonly tally: Tally;
  readonly judge: (status: number, body: Buffer) => Judgement;
  readonly sendLag: Histogram;
}

/** A pattern under way. */
export interface Loop {
  /** Sends no more; what is on its way goes on. */
  end(): void;
  /** Requests without an answer, those included that are about to leave. */
  underWay(): number;
  /** When the requests that were sent and have no answer yet began to count. */
  waiting(): readonly number[];
  /** Due requests that never left. */
  unsent(): number;
  /** Opened so far. */
  connections(): number;
  close(): void;
}

/** Answers one request after the other, over and over. */
export function inTurn(requests: readonly Buffer[]): () => Buffer {
  let next = 0;
  return () => {
    const request = requests[next];
    next = (next + 1) % requests.length;
    if (request === undefined) throw new RangeError('there is nothing to send');
    return request;
  };
}

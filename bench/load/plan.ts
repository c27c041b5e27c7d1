// What the load generator is told to do, and what it answers: both travel between processes as plain data.
import type { LatencySummary } from './histogram.js';

/**
 * Closed: every connection sends as soon as it was answered. Open: requests leave at a constant rate whatever becomes of
 * them, over connections that were opened before, and as many more as that takes, up to a bound.
 */
export type LoadPattern =
  | { readonly kind: 'closed'; readonly connections: number }
  | {
      readonly kind: 'open';
      readonly perSecond: number;
      readonly openFirst?: number;
      readonly maxConnections: number;
    };

/** One run of load on one URL. */
export interface LoadPlan {
  /** `http://` with host, port and path. */
  readonly url: string;
  /** JSON bodies, sent in turn. */
  readonly bodies: readonly string[];
  /** Predictions that one answered request stands for. */
  readonly rowsPerRequest: number;
  readonly pattern: LoadPattern;
  /** The same load before the clock starts. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** How long after the end an answer is still waited for. */
  readonly patienceMs: number;
}

/** How requests of one kind ended. */
export type Outcome = LatencySummary & { readonly rows: number };

/** The outcome of a request that did what it should. */
export const OK = 'OK';

export interface LoadResult {
  readonly seconds: number;
  /**
   * By `OK`, error code (`OVERLOADED`), `HTTP_<status>`, `CONNECTION` (lost under a request), `PROTOCOL` (an answer that
   * cannot be read) or `NO_ANSWER`. Closed: requests answered while the clock ran, from their sending. Open: requests due
   * while the clock ran, from the moment they were due, so that a stalled server is not spared the requests it held up.
   */
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** Good answers that came while the clock ran, by second. */
  readonly perSecond: number;
  readonly rowsPerSecond: number;
  /** Rows of good answers, warm-up and last answers included: what the costs of a run are divided by. */
  readonly allRows: number;
  /** Connections opened at most. */
  readonly connections: number;
  /** Due requests that never left because every connection was taken. */
  readonly unsent: number;
  /** Open: from the moment a request was due until it was written; what the generator itself adds. */
  readonly sendLag: LatencySummary;
  /** Processor time of the generator as a share of one core. */
  readonly cpuShare: number;
}

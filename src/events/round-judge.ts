// The contract between monitors and alerts: what a round of reports changes, to be committed with the round.
import type { Expectation, Write } from '../redis/redis-client.js';
import type { MonitorReport } from './monitor-report.js';

/** Changes of alerts, not written yet. */
export interface Judgement {
  readonly writes: readonly Write[];
  /** What the open alerts held when they were read; if one changed since, the same reports are to be judged again. */
  readonly expectations: readonly Expectation[];
}

/** Judges the reports of one round of one model; `now` in epoch ms. Writes nothing itself; rejects while Redis is away. */
export type Judge = (model: string, reports: readonly MonitorReport[], now: number) => Promise<Judgement>;

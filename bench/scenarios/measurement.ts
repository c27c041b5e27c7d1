// One run of load on one subject, with what it cost.
import type { LoadPlan, LoadResult } from '../load/plan.js';
import type { LoadGenerator } from '../load/start-load.js';
import { readUsage } from '../machine/process-tree.js';
import { readLoopDelay, type LoopDelay } from '../machine/read-prometheus.js';
import { readRedisTraffic } from '../machine/read-redis.js';
import type { Subject } from '../subjects/subject.js';
import { settle } from './settle.js';

export interface Measurement {
  readonly load: LoadResult;
  /** By process: processor seconds for a thousand predictions, those included that were put off until after the load. */
  readonly cpuPer1000: Readonly<Record<string, number>>;
  /** Of the process that answers; Vigie alone tells. */
  readonly loopDelay: LoopDelay | undefined;
  readonly redisPerPrediction: { readonly bytes: number; readonly commands: number } | undefined;
  /** How long the subject was still at work after the last answer, ms. */
  readonly settleMs: number;
}

const SETTLE_WITHIN_MS = 30_000;

/** Runs the plan, waits until the subject is at rest, and answers both. */
export async function measure(load: LoadGenerator, subject: Subject, plan: LoadPlan): Promise<Measurement> {
  const traffic = () => (subject.redisUrl === undefined ? undefined : readRedisTraffic(subject.redisUrl));
  const cpuBefore = readUsage(subject.roots);
  const redisBefore = await traffic();
  // Reading resets what the process remembers of its delays.
  if (subject.kind.startsWith('vigie')) await readLoopDelay(subject.url);
  const result = await load.run(plan);
  const loopDelay = subject.kind.startsWith('vigie') ? await readLoopDelay(subject.url) : undefined;
  const settleMs = await settle(subject.roots, SETTLE_WITHIN_MS);
  const redisAfter = await traffic();
  const thousands = result.allRows / 1000;
  const cpuPer1000 = [...readUsage(subject.roots)].map(([label, { cpuSeconds }]): [string, number] => [
    label,
    (cpuSeconds - (cpuBefore.get(label)?.cpuSeconds ?? 0)) / thousands,
  ]);
  return {
    load: result,
    cpuPer1000: Object.fromEntries(cpuPer1000),
    loopDelay,
    redisPerPrediction:
      redisBefore === undefined || redisAfter === undefined
        ? undefined
        : {
            bytes: (redisAfter.bytesIn - redisBefore.bytesIn) / result.allRows,
            commands: (redisAfter.commands - redisBefore.commands) / result.allRows,
          },
    settleMs,
  };
}

// Overload: three times what a subject can carry, at a constant rate, for a minute.
import { OK, type LoadResult, type Outcome } from '../load/plan.js';
import { memoryGrowth, watchMemory, type MemoryGrowth } from '../machine/watch-memory.js';
import type { BenchModel } from '../models/bench-model.js';
import { askSingle } from '../subjects/questions.js';
import type { Subject } from '../subjects/subject.js';
import type { BenchRun } from './bench-run.js';
import type { Peaks } from './peaks.js';
import { settle } from './settle.js';

const TIMES = 3;
// Clients that are there already: Node accepts one connection a turn of its loop, so a storm of new ones would be measured instead.
const CONNECTIONS = 1024;
const PATIENCE_MS = 15_000;

export interface OverloadResult {
  readonly subject: string;
  readonly model: string;
  readonly seconds: number;
  /** Good answers a second it reaches closed-loop, and requests a second it was offered. */
  readonly peak: number;
  readonly offered: number;
  readonly accepted: Outcome | undefined;
  readonly refused: Outcome | undefined;
  readonly memory: readonly MemoryGrowth[];
  readonly load: LoadResult;
}

export async function overload(
  { load, options, say }: BenchRun,
  peaks: Peaks,
  subject: Subject,
  model: BenchModel,
): Promise<OverloadResult> {
  const peak = await peaks.of(subject, model);
  const offered = peak * TIMES;
  const seconds = options.overloadSeconds;
  say(`overload of ${subject.name} on ${model.title}: ${Math.round(offered)}/s for ${seconds} s`);
  const memory = watchMemory(subject.roots);
  const result = await load.run({
    ...askSingle(subject, model),
    pattern: { kind: 'open', perSecond: offered, openFirst: CONNECTIONS, maxConnections: CONNECTIONS },
    warmUpSeconds: options.warmUpSeconds,
    seconds,
    patienceMs: PATIENCE_MS,
  });
  await settle(subject.roots, PATIENCE_MS);
  return {
    subject: subject.name,
    model: model.title,
    seconds,
    peak,
    offered,
    accepted: result.outcomes[OK],
    refused: result.outcomes['OVERLOADED'],
    memory: memoryGrowth(memory.stop()),
    load: result,
  };
}

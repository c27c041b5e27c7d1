// Soak: a long time at a load that can be carried, to see what grows.
import { OK, type LoadResult, type Outcome } from '../load/plan.js';
import { growthAfter, watchMemory } from '../machine/watch-memory.js';
import { askSingle } from '../subjects/questions.js';
import type { Subject } from '../subjects/subject.js';
import type { BenchRun } from './bench-run.js';
import type { Peaks } from './peaks.js';

const SHARE = 0.8;
const OPEN_FIRST = 256;
const MAX_CONNECTIONS = 1024;
const WARM_UP_SHARE = 0.2;
const LONGEST_WARM_UP_S = 120;

/** Memory of one process over a soak; `growth` compares the last tenth with the first one after the warm-up. */
export interface SoakMemory {
  readonly label: string;
  readonly growth: number;
  /** Resident bytes, one value a second. */
  readonly bytes: readonly number[];
}

export interface SoakResult {
  readonly subject: string;
  readonly seconds: number;
  readonly offered: number;
  readonly outcome: Outcome | undefined;
  readonly memory: readonly SoakMemory[];
  readonly load: LoadResult;
}

export async function soak(run: BenchRun, peaks: Peaks, subject: Subject): Promise<SoakResult> {
  const { iris } = run.models;
  const seconds = run.options.soakSeconds;
  const offered = (await peaks.of(subject, iris)) * SHARE;
  run.say(`soak of ${subject.name}: ${Math.round(offered)}/s for ${seconds} s`);
  const memory = watchMemory(subject.roots);
  const load = await run.load.run({
    ...askSingle(subject, iris),
    pattern: { kind: 'open', perSecond: offered, openFirst: OPEN_FIRST, maxConnections: MAX_CONNECTIONS },
    warmUpSeconds: run.options.warmUpSeconds,
    seconds,
    patienceMs: 15_000,
  });
  const warmUp = Math.round(Math.min(LONGEST_WARM_UP_S, seconds * WARM_UP_SHARE));
  return {
    subject: subject.name,
    seconds,
    offered,
    outcome: load.outcomes[OK],
    memory: [...memory.stop()].map(([label, bytes]) => ({
      label,
      growth: growthAfter(bytes, warmUp),
      bytes,
    })),
    load,
  };
}

// Saturated: small queries that need no worker, while every worker has more to do than it can.
import { OK, type LoadResult, type Outcome } from '../load/plan.js';
import { startLoadGenerator } from '../load/start-load.js';
import { askSingle, askTrivial } from '../subjects/questions.js';
import type { Subject } from '../subjects/subject.js';
import type { BenchRun } from './bench-run.js';

const QUERIES = ['{ __typename }', '{ models { name } }'];
const BUSY_CONNECTIONS = 256;
// A trickle: the queries are to be waited for, not to be a load of their own.
const QUERIES_A_SECOND = 100;

export interface SaturatedResult {
  readonly subject: string;
  readonly query: string;
  readonly outcome: Outcome | undefined;
  readonly load: LoadResult;
  /** What the workers answered meanwhile. */
  readonly busyPerSecond: number;
}

export async function saturated(run: BenchRun, subject: Subject): Promise<SaturatedResult[]> {
  const { seconds, rounds, warmUpSeconds } = run.options;
  const second = startLoadGenerator();
  run.place.cleanup.add(() => second.stop());
  const time = { warmUpSeconds, seconds: seconds * rounds, patienceMs: 15_000 };
  const results: SaturatedResult[] = [];
  for (const query of QUERIES) {
    run.say(`${query} of ${subject.name} while its workers are saturated`);
    const [busy, load] = await Promise.all([
      run.load.run({
        ...askSingle(subject, run.models.cnn),
        pattern: { kind: 'closed', connections: BUSY_CONNECTIONS },
        ...time,
      }),
      second.run({
        ...askTrivial(subject, query),
        pattern: { kind: 'open', perSecond: QUERIES_A_SECOND, maxConnections: 64 },
        ...time,
      }),
    ]);
    results.push({
      subject: subject.name,
      query,
      outcome: load.outcomes[OK],
      load,
      busyPerSecond: busy.perSecond,
    });
  }
  await second.stop();
  return results;
}

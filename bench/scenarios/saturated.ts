// Saturated: small queries that need no worker, while every worker has more to do than it can.
import { setTimeout as delay } from 'node:timers/promises';
import { OK, type LoadResult, type Outcome } from '../load/plan.js';
import { startLoadGenerator } from '../load/start-load.js';
import { askSingle, askTrivial } from '../subjects/questions.js';
import type { Subject } from '../subjects/subject.js';
import type { BenchRun } from './bench-run.js';

const QUERIES = ['{ __typename }', '{ models { name } }'];
const BUSY_CONNECTIONS = 256;
// A trickle: the queries are to be waited for, not to be a load of their own.
const QUERIES_A_SECOND = 100;
// Opened before the workers are busy: a new connection waits for its turn of a busy server's event loop.
const QUERY_CONNECTIONS = 32;
const OPENING_MS = 500;
const BUSY_FIRST_S = 3;

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
      delay(OPENING_MS).then(() =>
        run.load.run({
          ...askSingle(subject, run.models.cnn),
          pattern: { kind: 'closed', connections: BUSY_CONNECTIONS },
          ...time,
          seconds: time.seconds + BUSY_FIRST_S,
        }),
      ),
      second.run({
        ...askTrivial(subject, query),
        pattern: {
          kind: 'open',
          perSecond: QUERIES_A_SECOND,
          openFirst: QUERY_CONNECTIONS,
          maxConnections: QUERY_CONNECTIONS,
        },
        ...time,
        // Counting begins when the workers have been busy for a while.
        warmUpSeconds: warmUpSeconds + BUSY_FIRST_S,
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

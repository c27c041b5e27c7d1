// Makes every subject warm before anything is measured of it.
import { askSingle } from '../subjects/questions.js';
import type { Subject } from '../subjects/subject.js';
import type { BenchRun } from './bench-run.js';

const CONNECTIONS = 16;
/** Of the warm-up that every measurement has. */
const TIMES = 5;

/**
 * V8 compiles what has run often. A lone client asks some hundred times a second, so the first case would measure how a server
 * starts: a subject that answers ten times as many in the same seconds is warm ten times sooner.
 */
export async function warm(
  { load, say, options, models }: BenchRun,
  subjects: readonly Subject[],
): Promise<void> {
  for (const subject of subjects) {
    say(`warming ${subject.name}`);
    await load.run({
      ...askSingle(subject, models.iris),
      pattern: { kind: 'closed', connections: CONNECTIONS },
      warmUpSeconds: 0,
      seconds: TIMES * options.warmUpSeconds,
      patienceMs: 15_000,
    });
  }
}

// Starts everything a run compares.
import type { ScenarioName } from '../options.js';
import type { BenchRun } from '../scenarios/bench-run.js';
import { startBaseline } from './start-baseline.js';
import { startVigieSplit } from './start-vigie-split.js';
import { startVigie } from './start-vigie.js';
import type { Subject } from './subject.js';

// These measure Vigie against itself, or start what they need.
const WITHOUT_BASELINES: readonly ScenarioName[] = ['overload', 'saturated', 'soak'];

/** In the order of the table: the baselines, then every checkout; what no scenario asks for is left out. */
export async function startSubjects({ options, place, say }: BenchRun): Promise<Subject[]> {
  const subjects: Subject[] = [];
  const scenarios = options.only.filter((name) => name !== 'replay');
  const compares = scenarios.some((name) => !WITHOUT_BASELINES.includes(name));
  for (const kind of scenarios.length === 0 ? [] : options.subjects) {
    if (kind === 'limit' || kind === 'in-process') {
      if (!compares) continue;
      say(`starting ${kind}`);
      subjects.push(await startBaseline(kind, place));
      continue;
    }
    for (const checkout of options.checkouts) {
      say(`starting ${kind} of ${checkout.name}`);
      const start = kind === 'vigie' ? startVigie : startVigieSplit;
      const subject = await start(checkout, place);
      if (subject === undefined) say(`${checkout.name}-split is left out: PostgreSQL is not installed here`);
      else subjects.push(subject);
    }
  }
  return subjects;
}

// Runs one case over all subjects, interleaved: what slows the machine for a while slows all of them.
import type { LoadPattern } from '../load/plan.js';
import type { Question, Subject } from '../subjects/subject.js';
import type { BenchRun } from './bench-run.js';
import { figuresOf, type CaseResult } from './case-figures.js';
import { measure, type Measurement } from './measurement.js';

/** One way of loading every subject. */
export interface Case {
  readonly scenario: string;
  readonly id: string;
  readonly title: string;
  ask(subject: Subject): Question;
  pattern(subject: Subject): LoadPattern;
}

const PATIENCE_MS = 15_000;

export async function runCase(run: BenchRun, subjects: readonly Subject[], one: Case): Promise<CaseResult> {
  const { rounds: count, seconds, warmUpSeconds } = run.options;
  const taking = subjects.map((subject) => {
    const rounds: Measurement[] = [];
    const pattern = one.pattern(subject);
    const plan = { ...one.ask(subject), pattern, warmUpSeconds, seconds, patienceMs: PATIENCE_MS };
    return { subject, pattern, plan, rounds };
  });
  for (let round = 0; round < count; round += 1) {
    // Everyone comes first once: what follows a heavy subject must not always be the same one.
    const first = round % Math.max(1, taking.length);
    for (const { subject, plan, rounds } of [...taking.slice(first), ...taking.slice(0, first)]) {
      run.say(`${one.title}, round ${round + 1} of ${count}: ${subject.name}`);
      rounds.push(await measure(run.load, subject, plan));
    }
  }
  return {
    scenario: one.scenario,
    id: one.id,
    title: one.title,
    subjects: taking.map(({ subject: { name, kind }, pattern, rounds }) => ({
      name,
      kind,
      offered: pattern.kind === 'open' ? pattern.perSecond : undefined,
      figures: figuresOf(rounds),
      rounds,
    })),
  };
}

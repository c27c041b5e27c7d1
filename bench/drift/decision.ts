// How soon the decision as it is shipped finds a shift: large enough, confirmed by windows, and certain in all of them together.
import { createRandom } from '../../src/training/random.js';
import { fromDist } from '../subjects/from-dist.js';
import { numericReference } from './references.js';
import type { NumericSource } from './sources.js';
import type { DecisionRules, Statistics } from './statistics.js';

/** What is simulated; `shift` in the unit of the source. */
export interface DecisionCase {
  readonly source: NumericSource;
  readonly shift: number;
  readonly window: number;
  /** Windows of each run. */
  readonly windows: number;
  readonly runs: number;
  readonly seed: number;
}

const REFERENCE = 5000;

interface Shipped {
  readonly dataDriftSettings: {
    parse(settings: object): DecisionRules & { readonly minWasserstein: number };
  };
}

/** By number of windows, in how many runs one feature was a finding by then; with the default settings, as compiled. */
export async function foundBy(statistics: Statistics, plan: DecisionCase): Promise<number[]> {
  const random = createRandom(plan.seed);
  const { dataDriftSettings } = (await fromDist('monitors/data-drift/data-drift.settings')) as Shipped;
  const rules = dataDriftSettings.parse({});
  const rule = { test: 'auto', method: 'wasserstein', threshold: rules.minWasserstein };
  const found = Array.from({ length: plan.windows }, () => 0);
  for (let run = 0; run < plan.runs; run += 1) {
    const reference = numericReference(statistics, plan.source, REFERENCE, random);
    let before = statistics.NO_TRAIL;
    for (let i = 0; i < plan.windows; i += 1) {
      const summary = reference.window(plan.window, plan.shift);
      const column = { kind: 'numeric', reference: reference.counts, rule, summary, before } as const;
      const [verdict] = statistics.judgeColumns([column], rules);
      before = verdict?.trail ?? before;
      if (verdict?.status === 'ok') continue;
      for (let by = i; by < plan.windows; by += 1) found[by] = (found[by] ?? 0) + 1;
      break;
    }
  }
  return found;
}

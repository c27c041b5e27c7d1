// Counts what became of the requests of one run.
import { createHistogram, type Histogram } from './histogram.js';
import type { Judgement } from './judge-answer.js';
import { OK, type LoadPattern, type LoadResult, type Outcome } from './plan.js';

/** When the clock runs: ms of `performance.now()`. */
export interface Clock {
  readonly from: number;
  readonly to: number;
}

type Counts = Pick<LoadResult, 'outcomes' | 'perSecond' | 'rowsPerSecond' | 'allRows'>;

export interface Tally {
  /** A request that began to count at `startedAt` ended at `endedAt`. */
  count(judgement: Judgement, startedAt: number, endedAt: number): void;
  /** What there is by now. */
  read(): Counts;
}

/** Closed load counts by the answer's moment, open load by the moment a request was due. */
export function createTally(kind: LoadPattern['kind'], { from, to }: Clock): Tally {
  const outcomes = new Map<string, { histogram: Histogram; rows: number }>();
  let goodInTime = 0;
  let rowsInTime = 0;
  let allRows = 0;
  const within = (moment: number) => moment >= from && moment < to;
  const outcomeOf = (code: string) => {
    const known = outcomes.get(code);
    if (known !== undefined) return known;
    const made = { histogram: createHistogram(), rows: 0 };
    outcomes.set(code, made);
    return made;
  };
  return {
    count({ code, rows }, startedAt, endedAt) {
      allRows += rows;
      if (within(endedAt)) {
        rowsInTime += rows;
        if (code === OK) goodInTime += 1;
      }
      if (!within(kind === 'closed' ? endedAt : startedAt)) return;
      const outcome = outcomeOf(code);
      outcome.histogram.add((endedAt - startedAt) * 1000);
      outcome.rows += rows;
    },
    read() {
      const seconds = (to - from) / 1000;
      const entries = [...outcomes].map(([code, { histogram, rows }]): [string, Outcome] => [
        code,
        { ...histogram.summary(), rows },
      ]);
      return {
        outcomes: Object.fromEntries(entries),
        perSecond: goodInTime / seconds,
        rowsPerSecond: rowsInTime / seconds,
        allRows,
      };
    },
  };
}

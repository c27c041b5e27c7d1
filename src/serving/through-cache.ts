// Answers rows from the cache where it can and lets the workers do the rest.
import type { Answer, AnswerCache } from './answer-cache.js';
import type { PredictFromCache } from './cached-answers.js';
import type { Outcome, Row } from './row.js';

/** `admit` throws when the rows that are left cannot be taken; then none of the request is answered. */
export interface Workers {
  admit(rows: readonly Row[]): void;
  run(rows: readonly Row[]): Promise<readonly Outcome[]>;
}

/** Outcomes in the order of the rows. */
export type ThroughCache = (rows: readonly Row[], workers: Workers) => Promise<readonly Outcome[]>;

export function createThroughCache(
  cache: AnswerCache,
  predictFromCache: PredictFromCache,
  onLook: (hits: number, misses: number) => void,
): ThroughCache {
  return async (rows, workers) => {
    const keys = rows.map(({ features }) => cache.keyOf(features));
    const answers = keys.map((key) => cache.find(key));
    const hits = rows.filter((_, i) => answers[i] !== undefined);
    const misses = rows.filter((_, i) => answers[i] === undefined);
    onLook(hits.length, misses.length);
    if (misses.length > 0) workers.admit(misses);
    const [cached, made] = await Promise.all([
      hits.length > 0 ? predictFromCache(hits, answers.filter(isKnown)) : [],
      misses.length > 0 ? workers.run(misses) : [],
    ]);
    const ofCached = cached.values();
    const ofMade = made.values();
    return answers.flatMap((answer, i) => {
      const { value: outcome } = (answer === undefined ? ofMade : ofCached).next();
      if (outcome === undefined) return [];
      if (answer === undefined && 'status' in outcome) cache.keep(keys[i] ?? '', outcome);
      return [outcome];
    });
  };
}

const isKnown = (answer: Answer | undefined): answer is Answer => answer !== undefined;

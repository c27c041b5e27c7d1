// What did not end well in a run of load.
import { OK, type LoadResult } from './plan.js';

/** Counts by code of everything but good answers and `expected` ones. */
export function failuresOf(
  { outcomes }: LoadResult,
  expected: readonly string[] = [],
): Record<string, number> {
  const failed = Object.entries(outcomes).filter(([code]) => code !== OK && !expected.includes(code));
  return Object.fromEntries(failed.map(([code, { count }]) => [code, count]));
}

/** All of them, those included that were due and never left. */
export function countFailures(load: LoadResult): number {
  return Object.values(failuresOf(load)).reduce((total, count) => total + count, load.unsent);
}

// Counts how often rules alarm over many windows, each run with a reference of its own.
import { createRandom, type Random } from '../../src/training/random.js';
import type { DrawnReference } from './references.js';
import type { ColumnCounts, Statistics } from './statistics.js';

const ALPHA = 0.05;

/** Whether a window would be called different from its reference. */
export type CountsRule = (reference: DrawnReference, window: ColumnCounts) => boolean;

export interface Simulation {
  readonly reference: (random: Random) => DrawnReference;
  readonly rules: Readonly<Record<string, CountsRule>>;
  readonly windows: readonly number[];
  readonly runs: number;
  readonly seed: number;
  readonly shift?: number;
}

/** By rule, the runs that alarmed at each size of window. */
export function countAlarms({
  reference,
  rules,
  windows,
  runs,
  seed,
  shift = 0,
}: Simulation): ReadonlyMap<string, readonly number[]> {
  const random = createRandom(seed);
  const alarms = new Map(Object.keys(rules).map((name) => [name, windows.map(() => 0)]));
  for (let run = 0; run < runs; run += 1) {
    const before = reference(random);
    windows.forEach((size, i) => {
      const now = before.window(size, shift);
      for (const [name, rule] of Object.entries(rules)) {
        const counts = alarms.get(name);
        if (counts !== undefined && rule(before, now)) counts[i] = (counts[i] ?? 0) + 1;
      }
    });
  }
  return alarms;
}

/** A test of data-drift at 0.05; `auto` is the default one. */
export function methodRule({ testColumn }: Statistics, test: string): CountsRule {
  return ({ kind, counts }, window) => (testColumn(test, kind, counts, window)?.pValue ?? 1) < ALPHA;
}

/** Chi-square at 0.05 that takes the shares of the reference for the truth, as is often done. */
export function fitRule({ upperIncompleteGamma }: Statistics): CountsRule {
  return ({ counts: { table } }, window) => {
    const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
    const scale = total(window.table) / total(table);
    const seen = table.flatMap((count, i) => (count > 0 ? [{ count, now: window.table[i] ?? 0 }] : []));
    const statistic = seen.reduce(
      (sum, { count, now }) => sum + (now - count * scale) ** 2 / (count * scale),
      0,
    );
    return seen.length > 1 && upperIncompleteGamma((seen.length - 1) / 2, statistic / 2) < ALPHA;
  };
}

/** Chi-square homogeneity at 0.05 by the chi-square distribution, however empty the cells. */
export function plainRule({ chiSquareHomogeneity }: Statistics): CountsRule {
  return ({ counts: { table } }, window) => (chiSquareHomogeneity(table, window.table)?.pValue ?? 1) < ALPHA;
}

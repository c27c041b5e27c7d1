// How large a difference is, whatever its p-value: a distance, and from where on it matters.
import { jensenShannonDistance } from '../jensen-shannon.js';
import type { ColumnReference } from './column-reference.js';
import type { ColumnSummary } from './column-sketch.js';

/** What a setting may ask for. `auto` is Wasserstein for numbers and Jensen-Shannon for categories. */
export const DRIFT_METHODS = ['auto', 'chi-square', 'wasserstein', 'jensen-shannon'] as const;
export type DriftMethod = (typeof DRIFT_METHODS)[number];

/** Least effects: in standard deviations of the reference, and as a distance in base 2, 0 to 1. */
export interface LeastEffects {
  readonly wasserstein: number;
  readonly jensenShannon: number;
}

/** A distance and the least one that matters. */
export interface EffectRule {
  readonly method: 'wasserstein' | 'jensen-shannon';
  readonly threshold: number;
}

/**
 * The rule of a method for a column; `chi-square` measures as `auto` does and lets every effect matter. Undefined for
 * Wasserstein on categories, which lie at no distance from each other.
 */
export function effectRule(
  method: DriftMethod,
  kind: ColumnReference['kind'],
  least: LeastEffects,
): EffectRule | undefined {
  const wasserstein = { method: 'wasserstein', threshold: least.wasserstein } as const;
  const jensenShannon = { method: 'jensen-shannon', threshold: least.jensenShannon } as const;
  const usual = kind === 'numeric' ? wasserstein : jensenShannon;
  switch (method) {
    case 'auto':
      return usual;
    case 'chi-square':
      return { ...usual, threshold: 0 };
    case 'wasserstein':
      return kind === 'numeric' ? wasserstein : undefined;
    case 'jensen-shannon':
      return jensenShannon;
  }
}

/** The distance between a summary and the reference's table; undefined without values. */
export function effectSize(
  { method }: EffectRule,
  { table, distance }: ColumnSummary,
  reference: readonly number[],
): number | undefined {
  switch (method) {
    case 'wasserstein':
      return distance;
    case 'jensen-shannon':
      return jensenShannonDistance(reference, table);
  }
}

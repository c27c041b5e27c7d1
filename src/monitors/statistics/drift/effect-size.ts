// How large a difference is, whatever its p-value: a distance to the reference.
import { hellingerDistance } from '../hellinger.js';
import { jensenShannonDistance } from '../jensen-shannon.js';
import { populationStabilityIndex } from '../psi.js';
import type { ColumnSummary } from './column-sketch.js';

/**
 * `wasserstein` in standard deviations of the reference, `energy` with that unit, both for numbers alone; `jensen-shannon`
 * (base 2) and `hellinger` 0 to 1, `psi` without end, on deciles or categories.
 */
export type EffectMethod = 'wasserstein' | 'energy' | 'jensen-shannon' | 'hellinger' | 'psi';

/** The distance between a summary and the reference's table; undefined without values. */
export function effectSize(
  method: EffectMethod,
  { table, distance, energy }: ColumnSummary,
  reference: readonly number[],
): number | undefined {
  switch (method) {
    case 'wasserstein':
      return distance;
    case 'energy':
      return energy;
    case 'jensen-shannon':
      return jensenShannonDistance(reference, table);
    case 'hellinger':
      return hellingerDistance(reference, table);
    case 'psi':
      return populationStabilityIndex(reference, table);
  }
}

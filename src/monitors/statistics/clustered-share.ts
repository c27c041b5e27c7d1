// The share of units that come in clusters, such as the boxes of pictures, and how far the true one may lie.
import { wilsonInterval, Z_95, type Interval } from './wilson-interval.js';

/** Sums over clusters, of units `n` and of those `x` among them that have what is counted; clusters without units add nothing. */
export interface ClusterSums {
  readonly clusters: number;
  readonly units: number;
  readonly unitSquares: number;
  readonly hits: number;
  readonly hitSquares: number;
  /** Sum of x n. */
  readonly products: number;
}

export interface ClusteredShare extends Interval {
  readonly value: number;
  /** So many independent units would tell as much. */
  readonly effectiveUnits: number;
}

/**
 * The ratio of sums with the Wilson interval of its effective sample size (Korn and Graubard 1998): units divided by the design
 * effect (Kish 1965), the variance of a ratio of clusters (Cochran 1977, 6.3) over that of independent units. Clusters without
 * any spread count as a unit each. Undefined without units.
 */
export function clusteredShare(sums: ClusterSums, z = Z_95): ClusteredShare | undefined {
  const { clusters, units, unitSquares, hits, hitSquares, products } = sums;
  if (!(units > 0)) return undefined;
  const value = hits / units;
  const squares = Math.max(0, hitSquares - 2 * value * products + value * value * unitSquares);
  const variance = clusters > 1 ? ((squares / (units * units)) * clusters) / (clusters - 1) : Infinity;
  const independent = value * (1 - value);
  const effectiveUnits =
    clusters > 1 && squares > 0 && independent > 0
      ? Math.min(units, Math.max(1, independent / variance))
      : clusters;
  return { value, effectiveUnits, ...wilsonInterval(value * effectiveUnits, effectiveUnits, z) };
}

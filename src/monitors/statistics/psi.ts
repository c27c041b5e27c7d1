// The population stability index between two sets of counts over the same bins.
import { pairShares } from './shares.js';

/** What a bin counts that one side never hit: half an event, as Jeffreys' prior has it. */
const EMPTY_BIN = 0.5;

/**
 * The sum of (p - q) ln(p / q) over bins: 0 for the same shares, without an upper end, and the same either way round. A
 * bin that is empty on one side counts as half an event there, one that is empty on both is left out. What it says depends
 * on the bins, which belong to its name; those meant are the deciles of the reference with open ends. Undefined when a
 * side is empty.
 */
export function populationStabilityIndex(
  left: readonly number[],
  right: readonly number[],
): number | undefined {
  if (pairShares(left, right) === undefined) return undefined;
  const bins = Array.from({ length: Math.max(left.length, right.length) }, (_, i) => ({
    l: left[i] ?? 0,
    r: right[i] ?? 0,
  })).filter(({ l, r }) => l + r > 0);
  const shares = pairShares(
    bins.map(({ l }) => l || EMPTY_BIN),
    bins.map(({ r }) => r || EMPTY_BIN),
  );
  return shares?.reduce((sum, { left: p, right: q }) => sum + (p - q) * Math.log(p / q), 0);
}

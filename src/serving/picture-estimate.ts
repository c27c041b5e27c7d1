// What a lane of pictures has learned of the time they take: by the tile, since pictures differ in size by thousands.
import type { LaneEstimate } from '../batching/lane-estimate.js';

// Before anything came back: fast enough not to turn away a first burst.
const PRIOR_TILE_MS = 5;
const PRIOR_OVERHEAD_MS = 100;
const NEW_SHARE = 0.2;

/**
 * Costs are tiles, and a batch is one picture. Tiles of all pictures that are under way share the threads, so what is ahead of a
 * picture takes its tiles' inference time divided by the threads, whatever pictures they belong to.
 */
export function createPictureEstimate({ threads }: { readonly threads: () => number }): LaneEstimate {
  let tileMs: number | undefined;
  let overhead: number | undefined;
  let tilesEach = 1;
  const learn = (before: number | undefined, seen: number) =>
    before === undefined ? seen : before + NEW_SHARE * (seen - before);
  const drainMs = (cost: number) => (cost * (tileMs ?? PRIOR_TILE_MS)) / threads();
  const overheadMs = () => overhead ?? PRIOR_OVERHEAD_MS;

  return {
    returned({ cost, computeMs, roundTripMs, metFreeSlot }) {
      tilesEach = learn(tilesEach, cost);
      if (computeMs === undefined || cost === 0) return;
      tileMs = learn(tileMs, computeMs / cost);
      // Beside others a picture waits for their tiles, which is no time of its own.
      const beside = Math.max(0, roundTripMs - computeMs / threads());
      overhead = metFreeSlot || overhead === undefined ? learn(overhead, beside) : Math.min(overhead, beside);
    },
    drained: () => undefined,
    // Only asked what a job of somebody else may cost: each batch is one picture, whatever this says.
    batchLimit: () => tilesEach,
    busySlots: () => Infinity,
    drainMs,
    workMs: (cost) => overheadMs() + drainMs(cost),
    coefficients: () => (tileMs === undefined ? undefined : { a: tileMs, b: 0 }),
    overheadMs,
  };
}

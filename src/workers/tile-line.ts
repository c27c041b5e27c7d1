// Forms batches of tiles for one model version, of whatever pictures they are, without a timer.
import type { LaneEstimate } from '../batching/lane-estimate.js';

export interface TileLineOptions<Tile> {
  readonly estimate: Pick<LaneEstimate, 'returned' | 'batchLimit'>;
  /** No batch has more tiles, however well that would pay. */
  readonly maxTiles: number;
  /** Inference threads that may run a batch each. */
  readonly slots: number;
  /** Runs one batch and tells its tiles what came of them; never rejects. Undefined when they did not run in one call. */
  readonly run: (tiles: readonly Tile[]) => Promise<number | undefined>;
  /** Whether it must not share a batch. */
  readonly isAlone: (tile: Tile) => boolean;
  /** Told of every batch that leaves. */
  readonly onBatch: (tiles: number) => void;
}

export interface TileLine<Tile> {
  add(tile: Tile): void;
}

// One waits at a thread beside the one that runs there, so that no thread waits for the next.
const PREPARED = 1;

/**
 * Work-conserving: a lone tile leaves at once; while all threads are busy tiles gather, and share a batch as far as larger
 * batches have been seen to pay.
 */
export function createTileLine<Tile>(options: TileLineOptions<Tile>): TileLine<Tile> {
  const { estimate, maxTiles, slots, run, isAlone, onBatch } = options;
  let line: Tile[] = [];
  let batches = 0;

  const flush = () => {
    while (batches < slots + PREPARED && line.length > 0) {
      void launch(take(Math.max(1, Math.min(estimate.batchLimit(), maxTiles))));
    }
  };
  const take = (limit: number): readonly Tile[] => {
    const ahead = line.slice(0, limit);
    const alone = ahead.findIndex(isAlone);
    // What must be alone leaves when it is first, and ends the batch before it otherwise.
    const tiles = alone < 0 ? ahead : ahead.slice(0, Math.max(1, alone));
    line = line.slice(tiles.length);
    return tiles;
  };
  const launch = async (tiles: readonly Tile[]) => {
    const startedAt = performance.now();
    const metFreeSlot = batches < slots;
    batches += 1;
    onBatch(tiles.length);
    const computeMs = await run(tiles);
    batches -= 1;
    const roundTripMs = performance.now() - startedAt;
    estimate.returned({ cost: tiles.length, computeMs, roundTripMs, metFreeSlot });
    flush();
  };

  return {
    add(tile) {
      line.push(tile);
      flush();
    },
  };
}

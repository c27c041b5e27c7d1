// One line of tiles for each model version that has pictures under way, run in the session threads.
import { createLaneEstimate } from '../batching/lane-estimate.js';
import { AppError } from '../errors.js';
import { LoadFailed, ThreadDied, type Inference, type InferenceModel } from '../inference/inference.js';
import type { Metrics } from '../metrics.js';
import type { OutgoingTile, Pictures } from '../pictures/create-pictures.js';
import type { TileFailure } from '../pictures/picture-protocol.js';
import { createTileLine, type TileLine } from './tile-line.js';

export interface TileLinesOptions {
  readonly inference: Pick<Inference, 'runTiles' | 'threadsOf'>;
  readonly pictures: Pick<Pictures, 'ran' | 'failed'>;
  readonly metrics: Pick<Metrics, 'tileBatchSize'>;
}

/** What a tile is told that was not run. */
function failureOf(error: unknown): TileFailure {
  const known =
    error instanceof AppError ? error : new AppError('INFERENCE_FAILED', undefined, { cause: error });
  const { code, message } = known;
  // A thread may die of one tile, and another one does not bring back a model or a process that stops.
  const mayBeTheTile = error instanceof ThreadDied || code === 'INFERENCE_FAILED';
  return { code, message, final: !mayBeTheTile || error instanceof LoadFailed };
}

/** A tile, and who is told what share of inference it took. */
export interface LineTile extends OutgoingTile {
  readonly onCompute: (ms: number) => void;
}

/** The line of a version; those of versions that were let go are forgotten with it. */
export function createTileLines({ inference, pictures, metrics }: TileLinesOptions) {
  const lines = new Map<string, { readonly model: InferenceModel; readonly line: TileLine<LineTile> }>();

  const open = (model: InferenceModel): TileLine<LineTile> => {
    const { name, maxBatchRows } = model.manifest;
    const labels = { model: name, version: model.version };
    const run = async (tiles: readonly LineTile[]): Promise<number | undefined> => {
      const places = tiles.map(({ place }) => place);
      try {
        const values = tiles.map((tile) => tile.values);
        const { outputs, tiles: memory, computeMs } = await inference.runTiles(model, values);
        for (const { onCompute } of tiles) onCompute(computeMs / tiles.length);
        pictures.ran(places, outputs, memory);
        return computeMs;
      } catch (error) {
        pictures.failed(places, failureOf(error));
        return undefined;
      }
    };
    const slots = inference.threadsOf(model);
    return createTileLine<LineTile>({
      estimate: createLaneEstimate({ maxCost: maxBatchRows, slots: () => slots }),
      maxTiles: maxBatchRows,
      slots,
      run,
      isAlone: ({ alone }) => alone,
      onBatch: (tiles) => metrics.tileBatchSize.observe(labels, tiles),
    });
  };

  return (model: InferenceModel): TileLine<LineTile> => {
    const key = `${model.manifest.name}@${model.version}`;
    const known = lines.get(key);
    if (known?.model.manifest === model.manifest) return known.line;
    const line = open(model);
    lines.set(key, { model, line });
    return line;
  };
}

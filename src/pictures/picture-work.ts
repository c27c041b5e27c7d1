// The work on one picture: tiles go out as the decoder gives rows, what comes back is collected, and at the end stands the result.
import { AppError } from '../errors.js';
import type { OutputTensor } from './decode-boxes.js';
import type { Permits } from './permits.js';
import type { PictureJob, PictureProgress, PictureResult, Tile, TileFailure } from './picture-protocol.js';
import { createReadAnswers } from './read-answers.js';
import { openTiles } from './open-tiles.js';
import type { TileSource } from './tile-source.js';

export interface PictureSurroundings {
  /** One for each tile that is out; whoever gives back the answer gives back the permit. */
  readonly permits: Permits;
  readonly takeMemory: (length: number) => Tile;
  readonly sendTile: (tile: number, values: Tile, alone: boolean) => void;
  readonly onProgress: (progress: PictureProgress) => void;
}

export interface PictureWork {
  /** Rejects with IMAGE_REJECTED, INFERENCE_FAILED, or what `cancel` and failures of others make it. */
  readonly result: Promise<PictureResult>;
  /** The answer for one tile is row `row` of outputs that have `rows`. */
  ran(tile: number, outputs: readonly OutputTensor[], row: number, rows: number): void;
  failed(tile: number, failure: TileFailure): void;
  cancel(): void;
}

// Progress is for people, and merging what there is so far takes time of the work itself.
const PROGRESS_EVERY_MS = 500;
const PROGRESS_SHARE = 50;

export function startPicture(job: PictureJob, around: PictureSurroundings): PictureWork {
  const { permits, takeMemory, sendTile, onProgress } = around;
  const answers = createReadAnswers(job);
  const triedAlone = new Set<number>();
  let source: TileSource | undefined;
  let out = 0;
  let done = 0;
  let failure: Error | undefined;
  let nextProgressAt = performance.now();
  let wake: () => void = () => undefined;

  const giveUp = (error: Error) => {
    failure ??= error;
    wake();
  };
  /** Resolves when something came back. */
  const change = () => new Promise<void>((resolve) => (wake = resolve));
  const tellProgress = (total: number) => {
    const startedAt = performance.now();
    if (startedAt < nextProgressAt) return;
    onProgress({ done, total, detections: answers.detections() });
    const now = performance.now();
    nextProgressAt = now + Math.max(PROGRESS_EVERY_MS, PROGRESS_SHARE * (now - startedAt));
  };
  const send = async (tile: number, alone: boolean) => {
    await permits.take();
    if (failure !== undefined || source === undefined) {
      permits.give();
      return;
    }
    out += 1;
    try {
      const values = takeMemory(source.tileLength);
      await source.fill(tile, values);
      sendTile(tile, values, alone);
    } catch (error) {
      out -= 1;
      permits.give();
      giveUp(error instanceof Error ? error : new Error(String(error)));
    }
  };

  const work = async (): Promise<PictureResult> => {
    source = await openTiles(job);
    try {
      const { total } = source;
      onProgress({ done, total, detections: [] });
      for await (const tile of source.tiles()) {
        if (failure !== undefined) break;
        await send(tile, false);
        tellProgress(total);
      }
      while (failure === undefined && done < total) {
        await change();
        tellProgress(total);
      }
      if (failure !== undefined) throw failure;
      const detections = job.layout && answers.detections();
      const picture = await source.finish(detections);
      return { picture, detections, values: answers.values() };
    } finally {
      await source.close();
      // Tiles that are still out hold permits, which come back with their answers.
      while (out > 0) await change();
    }
  };

  return {
    result: work(),
    ran(tile, outputs, row, rows) {
      out -= 1;
      done += 1;
      try {
        if (failure === undefined && source !== undefined)
          answers.take(tile, source.frameOf(tile), rowOf(outputs, row, rows));
      } catch (error) {
        giveUp(new AppError('INFERENCE_FAILED', error instanceof Error ? error.message : String(error)));
      }
      wake();
    },
    failed(tile, { code, message, final }) {
      out -= 1;
      if (final) giveUp(new AppError(code === 'UNAVAILABLE' ? code : 'INFERENCE_FAILED', message));
      else if (triedAlone.has(tile))
        giveUp(new AppError('INFERENCE_FAILED', `A tile of this picture: ${message}`));
      else {
        triedAlone.add(tile);
        void send(tile, true);
      }
      wake();
    },
    cancel: () => giveUp(new AppError('UNAVAILABLE', 'The picture was given up.')),
  };
}

/** The outputs of one tile of a batch, as if it had been run alone. */
function rowOf(outputs: readonly OutputTensor[], row: number, rows: number): readonly OutputTensor[] {
  if (rows === 1) return outputs;
  return outputs.map(({ dims, data }) => {
    const size = data.length / rows;
    return { dims: [1, ...dims.slice(1)], data: data.subarray(row * size, (row + 1) * size) };
  });
}

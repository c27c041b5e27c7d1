// How a worker works on pictures: the thread that reads them, the lines of their tiles, and the folders they lie in.
import { join } from 'node:path';
import type { Inference, InferenceModel } from '../inference/inference.js';
import { createPictures } from '../pictures/create-pictures.js';
import { createKeptPictures } from '../uploads/kept-pictures.js';
import { createPictureWorker } from '../workers/picture.worker.js';
import type { Handler } from '../workers/read-job.js';
import { createRunPicture } from '../workers/run-picture.js';
import { createTileLines } from '../workers/tile-lines.js';
import { openScratchFolder } from './scratch-folder.js';
import { openUploads } from './open-uploads.js';
import type { House } from './house.js';

export interface PictureWorkParts {
  readonly findModel: (name: string, version: number) => InferenceModel;
  readonly inference: Inference;
}

// Enough that a thread never waits for the next batch, few enough that their memory does not count: a tile of 640 pixels has 5 MB.
const TILES_A_THREAD = 8;
const LEAST_TILES = 12;

export async function createPictureWork(
  house: House,
  { findModel, inference }: PictureWorkParts,
): Promise<Handler<'predict-picture'>> {
  const { config, log, metrics, now } = house;
  const uploads = openUploads(house);
  const kept = createKeptPictures(config.uploads.keptDir);
  const scratch = await openScratchFolder(join(config.dataDir, 'scratch'), house.processId, now());
  house.onStop('scratch folder', () => scratch.remove());
  const maxTiles = Math.max(LEAST_TILES, inference.pictureThreads * TILES_A_THREAD);
  const pictures = createPictures({ maxTiles, log: log.child({ room: 'pictures' }) });
  house.onStop('picture thread', () => pictures.close());
  return createPictureWorker({
    ...house,
    findModel,
    findUpload: async (id) => {
      const { path, facts } = await uploads.find(id);
      return { path, ...facts };
    },
    runPicture: createRunPicture({
      pictures,
      lineOf: createTileLines({ inference, pictures, metrics }),
      scratchDir: scratch.path,
      keptPath: (id, kind) => kept.pathFor(id, kind),
    }),
  });
}

// Runs one picture through its model: its tiles share batches with those of other pictures that are under way.
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors.js';
import type { Picture } from '../events/picture.js';
import type { PredictionBatch, RowRequest } from '../events/prediction-batch.js';
import type { InferenceModel } from '../inference/inference.js';
import { nameOutputs } from '../inference/name-outputs.js';
import type { Pictures } from '../pictures/create-pictures.js';
import type { PictureFile, PictureJob, PictureProgress } from '../pictures/picture-protocol.js';
import type { LineTile } from './tile-lines.js';
import type { TileLine } from './tile-line.js';

export interface PictureRequest {
  /** Of the prediction. */
  readonly id: string;
  readonly thresholds: NonNullable<RowRequest['thresholds']>;
  readonly onProgress: (progress: PictureProgress) => void;
  /** Told of every share of inference time, in ms. */
  readonly onCompute: (ms: number) => void;
  readonly signal: AbortSignal;
}

export interface PictureOutcome {
  readonly outputs: PredictionBatch['outputs'];
  readonly picture: Picture;
}

/** Rejects with the codes of `Pictures.run`. */
export type RunPicture = (
  model: InferenceModel,
  file: PictureFile,
  request: PictureRequest,
) => Promise<PictureOutcome>;

export interface RunPictureOptions {
  readonly pictures: Pictures;
  readonly lineOf: (model: InferenceModel) => TileLine<LineTile>;
  /** Decoded pictures lie here while they are worked on. */
  readonly scratchDir: string;
  /** Where the picture of a prediction is kept, when it is kept. */
  readonly keptPath: (id: string, kind: 'annotated' | 'original') => Promise<string>;
}

export function createRunPicture({ pictures, lineOf, scratchDir, keptPath }: RunPictureOptions): RunPicture {
  return async (model, file, { id, thresholds, onProgress, onCompute, signal }) => {
    const { manifest } = model;
    const { image } = manifest;
    if (image === undefined || model.picture === undefined)
      throw new AppError('INFERENCE_FAILED', `${manifest.name} takes no pictures.`);
    const rawPath = join(scratchDir, `${id}.v`);
    const { detections: layout } = manifest.outputs;
    const { confidence = image.confidence, iou = image.iou } = thresholds;
    const job: PictureJob = {
      file,
      image: { ...image, confidence, iou },
      input: model.picture,
      classes: manifest.classes,
      layout,
      rawPath,
      annotatedPath: image.keep === 'nothing' ? undefined : await keptPath(id, 'annotated'),
    };
    if (image.keep === 'original') await copyFile(file.path, await keptPath(id, 'original'));
    const line = lineOf(model);
    try {
      const onTile: Parameters<Pictures['run']>[1]['onTile'] = (tile) => line.add({ ...tile, onCompute });
      const { picture, detections, values } = await pictures.run(job, { onTile, onProgress, signal });
      if (detections !== undefined)
        return {
          outputs: { detections: [[...detections]], confidence: [meanConfidence(detections)] },
          picture,
        };
      const row = Float64Array.from(values ?? []);
      const classes = manifest.task === 'classification' ? manifest.classes : [];
      return { outputs: nameOutputs(classes, row, 1), picture };
    } finally {
      await rm(rawPath, { force: true });
    }
  };
}

/** Null where nothing was found: of nothing there is no mean. */
function meanConfidence(detections: readonly { readonly confidence: number }[]): number | null {
  if (detections.length === 0) return null;
  return detections.reduce((sum, { confidence }) => sum + confidence, 0) / detections.length;
}

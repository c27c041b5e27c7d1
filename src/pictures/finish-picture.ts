// What is said of a picture when all of its tiles are done, and the annotated copy that is kept of it.
import { rename, writeFile } from 'node:fs/promises';
import type { Detection, Picture, PictureQuality } from '../events/picture.js';
import { annotate } from './annotate.js';
import type { LabelledBoxes } from './draw-boxes.js';
import { readGeo } from './geo-transform.js';
import type { PictureJob } from './picture-protocol.js';
import { makePreview } from './preview.js';

export interface Finished {
  readonly tiles: number;
  readonly quality: PictureQuality;
  /** Undefined for a model that finds no boxes. */
  readonly detections: readonly Detection[] | undefined;
  /** The decoded picture, or the file itself. */
  readonly from: string;
}

const PREVIEW_SECONDS = 120;

/** Writes the annotated copy where one is wanted, so that it is there before anybody hears that the picture is done. */
export async function finishPicture(
  { file, classes, annotatedPath }: PictureJob,
  { tiles, quality, detections, from }: Finished,
): Promise<Picture> {
  const { width, height, format, sizeBytes, sha256 } = file;
  if (annotatedPath !== undefined) {
    const limits = { pixels: width * height, seconds: PREVIEW_SECONDS };
    const preview = await makePreview(from, file, limits);
    const jpeg = await annotate(preview, toBoxes(detections ?? [], classes), classes);
    // Whole or not at all: somebody may ask for it at any moment.
    await writeFile(`${annotatedPath}.part`, jpeg);
    await rename(`${annotatedPath}.part`, annotatedPath);
  }
  const geo = format === 'tiff' ? await readGeo(file.path) : undefined;
  return { width, height, format, sizeBytes, sha256, tiles, ...quality, ...(geo && { geo }) };
}

function toBoxes(detections: readonly Detection[], classes: readonly string[]): LabelledBoxes {
  const numbers = new Map(classes.map((name, i) => [name, i]));
  return {
    count: detections.length,
    x1: Float32Array.from(detections, ({ box }) => box.x),
    y1: Float32Array.from(detections, ({ box }) => box.y),
    x2: Float32Array.from(detections, ({ box }) => box.x + box.width),
    y2: Float32Array.from(detections, ({ box }) => box.y + box.height),
    label: Uint16Array.from(detections, ({ label }) => numbers.get(label) ?? 0),
  };
}

// A picture that the model sees whole: shrunk once, while it is decoded, to what fits the model's input.
import { AppError } from '../errors.js';
import { finishPicture } from './finish-picture.js';
import { decodeError, openPicture } from './open-picture.js';
import { orientationOf } from './orientation.js';
import type { PictureJob } from './picture-protocol.js';
import { createQualityMeter } from './picture-quality.js';
import type { TileSource } from './tile-source.js';
import { wholeFit } from './whole-fit.js';
import { createTileWriter } from './write-tile.js';

const BYTES = 3;
const DECODE_SECONDS = 300;
// Nothing sensible is that much longer than it is wide; shrunk to fit it would not have a pixel across.
const MOST_SCALED = 100_000_000;

/** Rejects with IMAGE_REJECTED. */
export async function openWholePicture(job: PictureJob): Promise<TileSource> {
  const { file, image, input } = job;
  const { scaled, left, top, frame } = wholeFit(image, file, input);
  if (scaled.width * scaled.height > MOST_SCALED)
    throw new AppError('IMAGE_REJECTED', 'The picture is too long and narrow for this model.');
  // Shrunk as it is stored: to turn it first would take all of its pixels into memory.
  const orientation = orientationOf(file.orientation, scaled);
  const { stored } = orientation;
  const limits = { pixels: file.width * file.height, seconds: DECODE_SECONDS };
  const pixels = await openPicture(file.path, limits)
    .resize(stored.width, stored.height, { fit: 'fill' })
    .toFormat('raw')
    .toBuffer()
    .catch((error: unknown) => Promise.reject(decodeError(error)));
  const meter = createQualityMeter(stored.width, stored.height);
  meter.add(pixels, 0);
  const write = createTileWriter(image, input);
  const seen = {
    x: Math.max(0, left),
    y: Math.max(0, top),
    width: Math.min(input.width, scaled.width),
    height: Math.min(input.height, scaled.height),
  };
  const offset = { x: Math.max(0, -left), y: Math.max(0, -top) };
  const rowBytes = BYTES * stored.width;

  return {
    total: 1,
    tileLength: BYTES * input.width * input.height,
    async *tiles() {
      yield await Promise.resolve(0);
    },
    frameOf: () => frame,
    fill(_tile, values) {
      const { x, y, right, down } = orientation.walkFrom(seen.x, seen.y);
      const bytesOf = (step: { readonly x: number; readonly y: number }) =>
        step.y * rowBytes + step.x * BYTES;
      const walk = { start: bytesOf({ x, y }), right: bytesOf(right), down: bytesOf(down) };
      write(values, pixels, { ...walk, width: seen.width, height: seen.height, offset });
      return Promise.resolve();
    },
    finish: (detections) =>
      finishPicture(job, { tiles: 1, quality: meter.result(), detections, from: file.path }),
    close: () => Promise.resolve(),
  };
}

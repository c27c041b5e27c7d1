// Tiles of a picture of any size: decoded once, from top to bottom, and cut while the decoder goes on.
import type { Detection, Picture } from '../events/picture.js';
import { finishPicture } from './finish-picture.js';
import { orientationOf, type Rectangle } from './orientation.js';
import type { PictureJob, Tile } from './picture-protocol.js';
import { createQualityMeter } from './picture-quality.js';
import { planTiles } from './plan-tiles.js';
import { createRawReader, decodeToRaw } from './raw-picture.js';
import type { TileSource } from './tile-source.js';
import { createTileWriter } from './write-tile.js';

interface PlannedTile {
  readonly upright: Rectangle;
  /** Of the stored picture, as far as it is within it. */
  readonly stored: Rectangle;
}

const BYTES = 3;
// Decoding is measured in seconds for the largest picture that is taken; more is a file made to be slow.
const DECODE_SECONDS = 300;

export function openCutTiles(job: PictureJob): TileSource {
  const { file, image, input, rawPath } = job;
  const orientation = orientationOf(file.orientation, file);
  const { stored } = orientation;
  const grid = { ...size(file), tileWidth: input.width, tileHeight: input.height, overlap: image.overlap };
  // Whatever way the picture is turned, tiles come in the order of the rows that are decoded.
  const planned = planTiles(grid)
    .flat()
    .map(({ x, y }): PlannedTile => {
      const width = Math.min(input.width, file.width - x);
      const height = Math.min(input.height, file.height - y);
      const upright = { x, y, width, height };
      return { upright, stored: orientation.storedOf(upright) };
    })
    .sort((a, b) => a.stored.y - b.stored.y || a.stored.x - b.stored.x);
  const decoding = decodeToRaw(file.path, rawPath, {
    pixels: stored.width * stored.height,
    seconds: DECODE_SECONDS,
  });
  const reader = createRawReader(rawPath, { ...stored, done: decoding.done });
  const meter = createQualityMeter(stored.width, stored.height);
  const write = createTileWriter(image, input);
  const rowBytes = BYTES * stored.width;
  let band: { readonly from: number; readonly to: number; readonly rows: Uint8Array } | undefined;
  let reading: Promise<unknown> = Promise.resolve();

  const bandOf = async ({ y, height }: Rectangle) => {
    if (band?.from === y && band.to === y + height) return band.rows;
    const rows = await reader.rows(y, y + height);
    band = { from: y, to: y + height, rows };
    // What it has seen already it passes over.
    meter.add(rows, y);
    return rows;
  };
  // The rows that were read last are only valid until others are read.
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = reading.then(work);
    reading = done.catch(() => undefined);
    return done;
  };
  const fill = async (tile: number, values: Tile) => {
    const place = planned[tile];
    if (place === undefined) throw new RangeError(`there is no tile ${tile}`);
    const rows = await bandOf(place.stored);
    const { upright } = place;
    const { x, y, right, down } = orientation.walkFrom(upright.x, upright.y);
    const bytesOf = (step: { readonly x: number; readonly y: number }) => step.y * rowBytes + step.x * BYTES;
    write(values, rows, {
      start: bytesOf({ x, y: y - place.stored.y }),
      right: bytesOf(right),
      down: bytesOf(down),
      width: upright.width,
      height: upright.height,
    });
  };

  return {
    total: planned.length,
    tileLength: BYTES * input.width * input.height,
    async *tiles() {
      for (const [tile, place] of planned.entries()) {
        await inTurn(() => bandOf(place.stored));
        yield tile;
      }
      // A file that is cut short may still give every row, as grey.
      await decoding.done;
    },
    frameOf(tile) {
      const { x = 0, y = 0 } = planned[tile]?.upright ?? {};
      return { x, y, scaleX: 1, scaleY: 1 };
    },
    fill: (tile, values) => inTurn(() => fill(tile, values)),
    finish: (detections: readonly Detection[] | undefined): Promise<Picture> =>
      finishPicture(job, { tiles: planned.length, quality: meter.result(), detections, from: rawPath }),
    async close() {
      await decoding.done.catch(() => undefined);
      await reading;
      await reader.close();
    },
  };
}

function size({ width, height }: { readonly width: number; readonly height: number }) {
  return { width, height };
}

// Pixels to the values of a tile's tensor, turned upright and scaled as the model takes them, in one pass.
import type { ImageSpec, PictureInput } from '../manifest/image-spec.js';
import type { Tile } from './picture-protocol.js';

/** Where a tile's pixels lie among others, three bytes each: all in bytes. */
export interface PixelWalk {
  readonly start: number;
  /** To the right neighbour, and to the one below; negative where they lie before. */
  readonly right: number;
  readonly down: number;
  /** Of the part of the tile that the picture covers; the rest is grey. */
  readonly width: number;
  readonly height: number;
  /** Where that part begins within the tile; at its top left when unset. */
  readonly offset?: { readonly x: number; readonly y: number };
}

const GREY = 114;
const LEVELS = 256;

/** Fills `tile`, of the input's whole size, from `pixels`. */
export type WriteTile = (tile: Tile, pixels: Uint8Array, walk: PixelWalk) => void;

export function createTileWriter(
  { layout, channels, scale, mean, std }: ImageSpec,
  { width, height, type }: PictureInput,
): WriteTile {
  const area = width * height;
  // Where the first value of red, green and blue goes, and how far it is from one pixel's to the next.
  const [step, planes] = layout === 'nchw' ? [1, [0, area, 2 * area]] : [3, [0, 1, 2]];
  const places = channels === 'rgb' ? planes : planes.toReversed();
  const tables = [0, 1, 2].map((channel) => {
    // Means are told in the order in which the model takes the channels.
    const position = channels === 'rgb' ? channel : 2 - channel;
    return type === 'uint8'
      ? Float32Array.from({ length: LEVELS }, (_, value) => value)
      : Float32Array.from(
          { length: LEVELS },
          (_, value) => (value * scale - (mean[position] ?? 0)) / (std[position] ?? 1),
        );
  });
  const [red = NO_TABLE, green = NO_TABLE, blue = NO_TABLE] = tables;
  const [toRed = 0, toGreen = 0, toBlue = 0] = places;
  const target: Target = { red, green, blue, toRed, toGreen, toBlue, step, width };
  return (tile, pixels, walk) => {
    if (walk.width < width || walk.height < height) fillGrey(tile, target, area);
    if (tile instanceof Float32Array) writeFloats(tile, pixels, walk, target);
    else writeBytes(tile, pixels, walk, target);
  };
}

const NO_TABLE = new Float32Array(LEVELS);

/** Values of each channel by its byte, and where its first one goes. */
interface Target {
  readonly red: Float32Array;
  readonly green: Float32Array;
  readonly blue: Float32Array;
  readonly toRed: number;
  readonly toGreen: number;
  readonly toBlue: number;
  readonly step: number;
  readonly width: number;
}

function fillGrey(
  tile: Tile,
  { red, green, blue, toRed, toGreen, toBlue, step }: Target,
  area: number,
): void {
  for (let i = 0, at = 0; i < area; i += 1, at += step) {
    tile[toRed + at] = red[GREY] ?? 0;
    tile[toGreen + at] = green[GREY] ?? 0;
    tile[toBlue + at] = blue[GREY] ?? 0;
  }
}

// One pass over the pixels for all channels, and a loop for each kind of memory: one for both would be compiled for none.
function writeFloats(tile: Float32Array, pixels: Uint8Array, walk: PixelWalk, target: Target): void {
  const { red, green, blue, toRed, toGreen, toBlue, step, width } = target;
  const { right, offset: { x: left, y: top } = { x: 0, y: 0 } } = walk;
  for (let y = 0; y < walk.height; y += 1) {
    let from = walk.start + y * walk.down;
    let at = ((y + top) * width + left) * step;
    for (let x = 0; x < walk.width; x += 1, from += right, at += step) {
      tile[toRed + at] = red[pixels[from] ?? 0] ?? 0;
      tile[toGreen + at] = green[pixels[from + 1] ?? 0] ?? 0;
      tile[toBlue + at] = blue[pixels[from + 2] ?? 0] ?? 0;
    }
  }
}

function writeBytes(tile: Uint8Array, pixels: Uint8Array, walk: PixelWalk, target: Target): void {
  const { toRed, toGreen, toBlue, step, width } = target;
  const { right, offset: { x: left, y: top } = { x: 0, y: 0 } } = walk;
  for (let y = 0; y < walk.height; y += 1) {
    let from = walk.start + y * walk.down;
    let at = ((y + top) * width + left) * step;
    for (let x = 0; x < walk.width; x += 1, from += right, at += step) {
      tile[toRed + at] = pixels[from] ?? 0;
      tile[toGreen + at] = pixels[from + 1] ?? 0;
      tile[toBlue + at] = pixels[from + 2] ?? 0;
    }
  }
}

// Collects the boxes of a picture's tiles in pixels of the picture, and makes detections of them.
import type { Detection } from '../events/picture.js';
import type { ImageSpec } from '../manifest/image-spec.js';
import { mergeBoxes } from './merge-boxes.js';
import type { RawBoxes } from './raw-boxes.js';

/** Where a tile lies in the upright picture, in pixels, and how many pixels of the picture one of the tile is. */
export interface TileFrame {
  readonly x: number;
  readonly y: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

export interface FoundBoxes {
  add(tile: number, frame: TileFrame, boxes: RawBoxes): void;
  /** What all tiles so far make together, best first. */
  detections(): Detection[];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

// A box that ends so near to where its tile ends was cut off there, as far as a network can tell.
const NEAR_PX = 1.5;
const CENTS = 100;
const TEN_THOUSANDTHS = 10_000;

/** For a picture of this upright size, cut into tiles of the input's size. */
export function createFoundBoxes(
  picture: Size,
  input: Size,
  image: ImageSpec,
  classes: readonly string[],
): FoundBoxes {
  const parts: { readonly tile: number; readonly frame: TileFrame; readonly boxes: RawBoxes }[] = [];
  let count = 0;

  const together = () => {
    const floats = () => new Float32Array(count);
    const all = {
      count,
      x1: floats(),
      y1: floats(),
      x2: floats(),
      y2: floats(),
      score: floats(),
      label: new Uint16Array(count),
      tile: new Int32Array(count),
      touches: new Uint8Array(count),
    };
    let at = 0;
    for (const { tile, frame, boxes } of parts) {
      all.score.set(boxes.score, at);
      all.label.set(boxes.label, at);
      all.tile.fill(tile, at, at + boxes.count);
      for (let i = 0; i < boxes.count; i += 1, at += 1) {
        const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = [boxes.x1[i], boxes.y1[i], boxes.x2[i], boxes.y2[i]];
        all.touches[at] = isCutOff(frame, x1, y1, x2, y2) ? 1 : 0;
        all.x1[at] = clamp(frame.x + x1 * frame.scaleX, picture.width);
        all.y1[at] = clamp(frame.y + y1 * frame.scaleY, picture.height);
        all.x2[at] = clamp(frame.x + x2 * frame.scaleX, picture.width);
        all.y2[at] = clamp(frame.y + y2 * frame.scaleY, picture.height);
      }
    }
    return all;
  };
  const isCutOff = (frame: TileFrame, x1: number, y1: number, x2: number, y2: number) =>
    (x1 < NEAR_PX && frame.x > 0) ||
    (y1 < NEAR_PX && frame.y > 0) ||
    (x2 > input.width - NEAR_PX && frame.x + input.width * frame.scaleX < picture.width) ||
    (y2 > input.height - NEAR_PX && frame.y + input.height * frame.scaleY < picture.height);

  return {
    add(tile, frame, boxes) {
      if (boxes.count === 0) return;
      parts.push({ tile, frame, boxes });
      count += boxes.count;
    },
    detections() {
      const merged = mergeBoxes(together(), image);
      const found: Detection[] = [];
      for (let i = 0; i < merged.count; i += 1) {
        const x = rounded(merged.x1[i], CENTS);
        const y = rounded(merged.y1[i], CENTS);
        found.push({
          label: classes[merged.label[i] ?? 0] ?? '',
          confidence: rounded(merged.score[i], TEN_THOUSANDTHS),
          box: {
            x,
            y,
            width: rounded((merged.x2[i] ?? 0) - x, CENTS),
            height: rounded((merged.y2[i] ?? 0) - y, CENTS),
          },
          cut: merged.cut[i] === 1,
        });
      }
      return found.filter(({ box }) => box.width > 0 && box.height > 0);
    },
  };
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}

/** Beyond a hundredth of a pixel and a ten-thousandth of certainty there is nothing but length. */
function rounded(value: number | undefined, steps: number): number {
  return Math.round((value ?? 0) * steps) / steps;
}

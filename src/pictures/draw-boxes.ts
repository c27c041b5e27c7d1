// Draws boxes straight into pixels, which stays fast for tens of thousands of them.
import { colourOf, type Colour } from './class-colours.js';
import type { Corners } from './greedy-match.js';
import type { Preview } from './preview.js';

/** Boxes in pixels of the upright original, best first, each with its place among the classes. */
export interface LabelledBoxes extends Corners {
  readonly label: Uint16Array;
}

const DARK: Colour = [0, 0, 0];
// Smaller boxes have no room for more than a line of one pixel.
const ROOM = 16;

/**
 * Draws the frames of all boxes into the preview's pixels, in the colours of their classes, the best ones on top. Where the usual box has
 * room for it, lines are 2 to 4 pixels thick and have a dark edge outside, so that they show on any ground; otherwise 1 pixel.
 */
export function drawBoxes(preview: Preview, boxes: LabelledBoxes): void {
  const { scaleX, scaleY } = preview;
  const usual = usualSide(preview, boxes);
  const line = usual < ROOM ? 1 : Math.min(4, Math.max(2, Math.round(usual / 25)));
  const edge = usual < ROOM ? 0 : 1;
  for (let i = boxes.count - 1; i >= 0; i--) {
    const left = Math.round((boxes.x1[i] ?? 0) * scaleX);
    const top = Math.round((boxes.y1[i] ?? 0) * scaleY);
    // A box of less than a pixel is still seen.
    const right = Math.max(left + 1, Math.round((boxes.x2[i] ?? 0) * scaleX));
    const bottom = Math.max(top + 1, Math.round((boxes.y2[i] ?? 0) * scaleY));
    if (edge > 0) frame(preview, left - edge, top - edge, right + edge, bottom + edge, edge, DARK);
    frame(preview, left, top, right, bottom, line, colourOf(boxes.label[i] ?? 0));
  }
}

/** The median of the boxes' longer sides, in pixels of the preview. */
function usualSide({ scaleX, scaleY }: Preview, boxes: LabelledBoxes): number {
  const sides = new Float64Array(boxes.count)
    .map((_, i) =>
      Math.max(
        ((boxes.x2[i] ?? 0) - (boxes.x1[i] ?? 0)) * scaleX,
        ((boxes.y2[i] ?? 0) - (boxes.y1[i] ?? 0)) * scaleY,
      ),
    )
    .sort();
  return sides[sides.length >> 1] ?? 0;
}

/** A frame inside these bounds, the last column and row not included, `line` pixels thick. */
function frame(
  preview: Preview,
  left: number,
  top: number,
  right: number,
  bottom: number,
  line: number,
  colour: Colour,
): void {
  fill(preview, left, top, right, Math.min(top + line, bottom), colour);
  fill(preview, left, Math.max(bottom - line, top), right, bottom, colour);
  fill(preview, left, top, Math.min(left + line, right), bottom, colour);
  fill(preview, Math.max(right - line, left), top, right, bottom, colour);
}

function fill(
  { rgb, width, height }: Preview,
  left: number,
  top: number,
  right: number,
  bottom: number,
  [red, green, blue]: Colour,
): void {
  const [firstX, lastX] = [Math.max(left, 0), Math.min(right, width)];
  for (let y = Math.max(top, 0); y < Math.min(bottom, height); y++)
    for (let at = 3 * (y * width + firstX); at < 3 * (y * width + lastX); at += 3) {
      rgb[at] = red;
      rgb[at + 1] = green;
      rgb[at + 2] = blue;
    }
}

// The picture that people look at: what was found, drawn into a small copy of what was sent.
import sharp from 'sharp';
import { drawBoxes, type LabelledBoxes } from './draw-boxes.js';
import { drawLegend } from './legend.js';
import { MAX_LEGEND, type Preview } from './preview.js';

const BACKGROUND = '#202020';
// A picture of a few pixels still has room for words.
const LEAST_WIDTH = 320;

/**
 * A JPEG of the preview with a frame for each box in the colour of its class, and a legend below; at most `MAX_SIDE` pixels a side. The preview's
 * own pixels are drawn into.
 */
export async function annotate(
  preview: Preview,
  boxes: LabelledBoxes,
  classes: readonly string[],
): Promise<Buffer> {
  drawBoxes(preview, boxes);
  const { rgb, width, height } = preview;
  const wholeWidth = Math.max(width, LEAST_WIDTH);
  const letter = Math.round(Math.min(22, Math.max(13, wholeWidth / 60)));
  const margin = Math.round(letter * 0.6);
  const room = { width: wholeWidth - 2 * margin, height: MAX_LEGEND - 2 * margin, letter };
  const legend = await drawLegend(classes, boxes.label.subarray(0, boxes.count), room);
  return (
    sharp(rgb, { raw: { width, height, channels: 3 } })
      .extend({ right: wholeWidth - width, bottom: legend.height + 2 * margin, background: BACKGROUND })
      .composite([{ input: legend.png, left: margin, top: height + margin }])
      // Halving the resolution of colours, as JPEG usually does, would smear thin lines.
      .jpeg({ quality: 85, chromaSubsampling: '4:4:4' })
      .toBuffer()
  );
}

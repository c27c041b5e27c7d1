// What a model answered for the tiles of one picture: boxes by the layout of its manifest, or the one row of a whole picture.
import type { Detection } from '../events/picture.js';
import { createBoxDecoder, type OutputTensor } from './decode-boxes.js';
import { createFoundBoxes, type TileFrame } from './found-boxes.js';
import type { PictureJob } from './picture-protocol.js';

export interface ReadAnswers {
  /** Takes the outputs of one tile, whose first axis is 1. Throws an Error that names the output that does not fit. */
  take(tile: number, frame: TileFrame, outputs: readonly OutputTensor[]): void;
  /** What all so far make together, best first; nothing for a model of whole pictures. */
  detections(): Detection[];
  /** Undefined for a detector. */
  values(): readonly number[] | undefined;
}

export function createReadAnswers({ layout, classes, file, input, image }: PictureJob): ReadAnswers {
  if (layout === undefined) return readRow(classes.length, image.activation === 'softmax');
  const decode = createBoxDecoder(layout, classes.length, input, image.confidence);
  const found = createFoundBoxes(file, input, image, classes);
  return {
    take(tile, frame, outputs) {
      const [boxes] = decode(outputs, 1);
      if (boxes !== undefined) found.add(tile, frame, boxes);
    },
    detections: () => found.detections(),
    values: () => undefined,
  };
}

function readRow(classes: number, isLogits: boolean): ReadAnswers {
  let row: readonly number[] | undefined;
  const width = Math.max(1, classes);
  return {
    take(_tile, _frame, [output]) {
      const values = Array.from(output?.data ?? [], Number);
      if (values.length !== width)
        throw new Error(
          `The model gave ${values.length} values for a picture, the manifest expects ${width}.`,
        );
      if (!values.every(Number.isFinite)) throw new Error('The model gave a value that is no finite number.');
      row = isLogits ? softmax(values) : values;
    },
    detections: () => [],
    values: () => row,
  };
}

/** Shifted by the largest, so that none overflows. */
function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

// What the decoders of all detection layouts share: the values of one tile, and which of them are refused.
import type { RawBoxesBuilder } from './raw-boxes.js';

/** The values of one output, row-major. */
export type Values = Float32Array | Float64Array | Int32Array;

/** Adds the boxes of tile `row`, which has `anchors` of them in the layout's `parts`, to the builder. */
export type DecodeRow = (
  parts: readonly Values[],
  anchors: number,
  builder: RawBoxesBuilder,
  row: number,
) => void;

/** What a layout's decoder is made for: pixels in one unit of a coordinate, and the least score that counts. */
export interface Bounds {
  readonly unitWidth: number;
  readonly unitHeight: number;
  readonly least: number;
}

/** Stands for an output that was not handed over, which the check of shapes does not let through. */
export const NO_VALUES: Values = new Float32Array(0);

// Softmax and half precision overshoot by their rounding; a logit is far beyond.
const ROUNDING = 1e-3;

/** The greatest that a factor within 0 to 1 can be as it is computed. */
export const MOST = 1 + ROUNDING;

/** False for what no sigmoid or softmax gives, numbers that are not finite among it. */
export function isScore(score: number): boolean {
  return score >= -ROUNDING && score <= MOST;
}

/** The error of a score that is none. */
export function notAScore(tensor: string, row: number, anchor: number, score: number): Error {
  const hint = Number.isFinite(score) ? '; does it lack its sigmoid or softmax?' : '';
  return new Error(
    `output "${tensor}" has the score ${score} for box ${anchor} of tile ${row}, scores are 0 to 1${hint}`,
  );
}

/** Throws an error that names tensor, tile and box when one of a box's numbers is not finite. */
export function checkFinite(
  tensor: string,
  row: number,
  anchor: number,
  a: number,
  b: number,
  c: number,
  d: number,
): void {
  const broken = [a, b, c, d].find((value) => !Number.isFinite(value));
  if (broken !== undefined)
    throw new Error(`output "${tensor}" has ${broken} as a coordinate of box ${anchor} of tile ${row}`);
}

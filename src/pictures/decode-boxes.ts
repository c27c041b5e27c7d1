// Turns a detector's output tensors into the boxes of each tile, by the layout that the manifest names.
import type { DetectionLayout } from '../manifest/image-spec.js';
import type { Bounds, DecodeRow, Values } from './decode-row.js';
import { tripletsRow } from './decode-triplets.js';
import { yolov5Row, yolov8Row } from './decode-yolo.js';
import { outputProblem, tensorsOf } from './output-problem.js';
import { createRawBoxesBuilder, type RawBoxes } from './raw-boxes.js';

/** Shape and values, row-major, of one output. */
export interface OutputTensor {
  readonly dims: readonly number[];
  readonly data: Values | BigInt64Array | Uint8Array;
}

/** The boxes of each of `rows` tiles, in order, from the outputs in the order of `tensorsOf`. */
export type DecodeBoxes = (outputs: readonly OutputTensor[], rows: number) => readonly RawBoxes[];

/**
 * A decoder for tiles of `input` pixels: boxes at least as sure as `confidence`, the class of each its best one, of equals the
 * first. It throws an error that names tensor, tile and number when a shape does not fit the layout, a score is not within 0 to 1,
 * or a box that would count has a number that is not finite or a label that is none of the classes.
 */
export function createBoxDecoder(
  layout: DetectionLayout,
  classes: number,
  input: { readonly width: number; readonly height: number },
  confidence: number,
): DecodeBoxes {
  const names = tensorsOf(layout);
  const decodeRow = rowDecoder(layout, classes, {
    unitWidth: layout.units === 'fraction' ? input.width : 1,
    unitHeight: layout.units === 'fraction' ? input.height : 1,
    // Scores are single precision: compared with 0.7 itself, a score of 0.7 would be below it.
    least: Math.fround(confidence),
  });
  return (outputs, rows) => {
    const problem = outputProblem(
      layout,
      classes,
      outputs.map(({ dims }) => dims),
      rows,
    );
    if (problem !== undefined) throw new Error(problem);
    const partsOf = outputs.map((output, i) => rowsOf(names[i] ?? '', output, rows));
    const anchors = outputs[0]?.dims.at(layout.layout === 'yolov8' ? -1 : -2) ?? 0;
    const builder = createRawBoxesBuilder(input, anchors);
    return Array.from({ length: rows }, (_, row) => {
      const parts = partsOf.map((partOf) => partOf(row));
      decodeRow(parts, anchors, builder, row);
      return builder.take();
    });
  };
}

function rowDecoder(layout: DetectionLayout, classes: number, bounds: Bounds): DecodeRow {
  switch (layout.layout) {
    case 'yolov8':
      return yolov8Row(layout.tensor, classes, bounds);
    case 'yolov5':
      return yolov5Row(layout.tensor, classes, bounds);
    case 'triplets':
      return tripletsRow(layout, classes, bounds);
  }
}

function rowsOf(tensor: string, { dims, data }: OutputTensor, rows: number): (row: number) => Values {
  const expected = dims.reduce((product, side) => product * side, 1);
  if (data.length !== expected)
    throw new Error(`output "${tensor}" holds ${data.length} values, its shape is [${dims.join(', ')}]`);
  const values = numbersOf(data);
  const size = expected / rows;
  return (row) => values.subarray(row * size, (row + 1) * size);
}

function numbersOf(data: OutputTensor['data']): Values {
  if (data instanceof BigInt64Array) return Float64Array.from(data, Number);
  return data instanceof Uint8Array ? Int32Array.from(data) : data;
}

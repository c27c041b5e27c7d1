// Every output layout with hand-made tensors, and what is refused.
import { describe, expect, it } from 'vitest';
import { detectionsSchema, type DetectionLayout } from '../manifest/image-spec.js';
import { createBoxDecoder, type OutputTensor } from './decode-boxes.js';
import { outputProblem } from './output-problem.js';
import type { RawBoxes } from './raw-boxes.js';

const TILE = { width: 100, height: 80 };

const layoutOf = (text: object): DetectionLayout => detectionsSchema.parse(text);
const YOLOV8 = layoutOf({ layout: 'yolov8', tensor: 'output0' });
const YOLOV5 = layoutOf({ layout: 'yolov5', tensor: 'output0' });
const triplets = (more: object = {}) =>
  layoutOf({ layout: 'triplets', boxes: 'boxes', scores: 'scores', labels: 'labels', ...more });

const floats = (dims: readonly number[], values: readonly number[]): OutputTensor => ({
  dims,
  data: Float32Array.from(values),
});

/** Boxes as rows of x1, y1, x2, y2, score, label, scores to three places. */
const rowsOf = (boxes: RawBoxes | undefined) =>
  Array.from({ length: boxes?.count ?? -1 }, (_, i) => [
    boxes?.x1[i],
    boxes?.y1[i],
    boxes?.x2[i],
    boxes?.y2[i],
    Math.round((boxes?.score[i] ?? 0) * 1000) / 1000,
    boxes?.label[i],
  ]);

describe('yolov8', () => {
  // Three anchors, two classes: a plane each for x, y, width, height and the classes.
  const tile = [50, 10, 90, 40, 5, 70, 20, 30, 40, 10, 20, 30, 0.1, 0.9, 0.5, 0.2, 0.3, 0.5];

  it('takes the best class of every anchor, the first of equals, and clips to the tile', () => {
    const [boxes] = createBoxDecoder(YOLOV8, 2, TILE, 0.25)([floats([1, 6, 3], tile)], 1);
    expect(rowsOf(boxes)).toEqual([
      [0, 0, 25, 15, 0.9, 0],
      [70, 55, 100, 80, 0.5, 0],
    ]);
  });

  it('tells the tiles of a batch apart', () => {
    const other = tile.map((value, i) => (i < 12 ? value : 1 - value));
    const both = createBoxDecoder(YOLOV8, 2, TILE, 0.6)([floats([2, 6, 3], [...tile, ...other])], 2);
    expect(both.map(rowsOf)).toEqual([
      [[0, 0, 25, 15, 0.9, 0]],
      [
        [40, 35, 60, 45, 0.9, 0],
        [0, 0, 25, 15, 0.7, 1],
      ],
    ]);
  });

  it('scales fractions by the tile', () => {
    const layout = layoutOf({ layout: 'yolov8', tensor: 'output0', units: 'fraction' });
    const [boxes] = createBoxDecoder(layout, 1, TILE, 0.5)([floats([1, 5, 1], [0.5, 0.5, 0.5, 0.25, 1])], 1);
    expect(rowsOf(boxes)).toEqual([[25, 30, 75, 50, 1, 0]]);
  });

  it('counts a score of exactly the bound and leaves out boxes without area in the tile', () => {
    const values = [50, 150, 50, 40, 40, 40, 10, 10, 0, 10, 10, 10, 0.7, 0.7, 0.7];
    const [boxes] = createBoxDecoder(YOLOV8, 1, TILE, 0.7)([floats([1, 5, 3], values)], 1);
    expect(rowsOf(boxes)).toEqual([[45, 35, 55, 45, 0.7, 0]]);
  });
});

describe('yolov5', () => {
  it('multiplies the class scores by the objectness', () => {
    const values = [50, 40, 20, 10, 0.5, 0.4, 0.8, 10, 10, 4, 4, 0.9, 0.9, 0.9, 10, 10, 4, 4, 0.3, 0.9, 0.2];
    const [boxes] = createBoxDecoder(YOLOV5, 2, TILE, 0.35)([floats([1, 3, 7], values)], 1);
    expect(rowsOf(boxes)).toEqual([
      [40, 35, 60, 45, 0.4, 1],
      [8, 8, 12, 12, 0.81, 0],
    ]);
  });
});

describe('triplets', () => {
  const scores = floats([1, 2], [0.9, 0.1]);

  it.each([
    { format: 'xyxy', box: [10, 20, 40, 60] },
    { format: 'yxyx', box: [20, 10, 60, 40] },
    { format: 'cxcywh', box: [25, 40, 30, 40] },
    { format: 'xywh', box: [10, 20, 30, 40] },
  ])('reads boxes as $format', ({ format, box }) => {
    const boxes = floats([1, 2, 4], [...box, 0, 0, 1, 1]);
    const [found] = createBoxDecoder(
      triplets({ format }),
      2,
      TILE,
      0.5,
    )([boxes, scores, floats([1, 2], [1, 0])], 1);
    expect(rowsOf(found)).toEqual([[10, 20, 40, 60, 0.9, 1]]);
  });

  it.each([
    ['int64', BigInt64Array.from([2n, -1n])],
    ['int32', Int32Array.from([2, -1])],
    ['float32', Float32Array.from([2, -1])],
  ])('takes labels as %s, counts them from the first label, and does not mind padding', (_, data) => {
    const decode = createBoxDecoder(triplets({ firstLabel: 1, units: 'fraction' }), 2, TILE, 0.5);
    const [found] = decode(
      [floats([2, 4], [0.1, 0.25, 0.5, 0.75, NaN, 0, 0, 0]), floats([2], [0.9, 0]), { dims: [2], data }],
      1,
    );
    expect(rowsOf(found)).toEqual([[10, 20, 50, 60, 0.9, 1]]);
  });

  it('refuses a label that is none of the classes', () => {
    const decode = createBoxDecoder(triplets({ firstLabel: 1 }), 2, TILE, 0.5);
    const boxes = floats([1, 2, 4], [1, 1, 2, 2, 1, 1, 2, 2]);
    expect(() => decode([boxes, scores, floats([1, 2], [3, 1])], 1)).toThrow(
      'output "labels" has the label 3 for box 0 of tile 0, the manifest\'s classes are 1 to 2',
    );
  });
});

describe('any layout', () => {
  it('takes a model that finds nothing', () => {
    const outputs = [floats([0, 4], []), floats([0], []), floats([0], [])];
    expect(rowsOf(createBoxDecoder(triplets(), 2, TILE, 0.5)(outputs, 1)[0])).toEqual([]);
  });

  it.each([NaN, Infinity, 7.5, -0.5])('refuses the score %s and says where it is', (score) => {
    const yolov8 = floats([2, 5, 1], [1, 1, 1, 1, 0.5, 1, 1, 1, 1, score]);
    expect(() => createBoxDecoder(YOLOV8, 1, TILE, 0.25)([yolov8], 2)).toThrow(
      `output "output0" has the score ${score} for box 0 of tile 1`,
    );
    const yolov5 = floats([1, 1, 6], [1, 1, 1, 1, 0.5, score]);
    expect(() => createBoxDecoder(YOLOV5, 1, TILE, 0.25)([yolov5], 1)).toThrow('for box 0 of tile 0');
  });

  it('refuses a box with a number that is not finite, and takes a score for its rounding', () => {
    const decode = createBoxDecoder(YOLOV8, 1, TILE, 0.25);
    expect(() => decode([floats([1, 5, 1], [1, NaN, 1, 1, 0.5])], 1)).toThrow(
      'output "output0" has NaN as a coordinate of box 0 of tile 0',
    );
    expect(rowsOf(decode([floats([1, 5, 1], [10, 10, 4, 4, 1.0005])], 1)[0])).toEqual([[8, 8, 12, 12, 1, 0]]);
  });

  it.each([
    [
      YOLOV8,
      [[1, 84, 8400]],
      'output "output0" is [1, 84, 8400], yolov8 with 2 classes expects [1, 6, boxes]',
    ],
    [YOLOV8, [[1, 8400, 6]], 'expects [1, 6, boxes]'],
    [YOLOV5, [[1, 6, 8400]], 'expects [1, boxes, 7]'],
    [YOLOV5, [[2, 8400, 7]], 'expects [1, boxes, 7]'],
    [
      triplets(),
      [
        [1, 9, 4],
        [1, 9],
      ],
      'the model gave no output "labels"',
    ],
    [
      triplets(),
      [
        [1, 9, 4],
        [1, 8],
        [1, 9],
      ],
      'output "scores" is [1, 8], "boxes" has 9 boxes',
    ],
    [triplets(), [[9, 5], [9], [9]], 'output "boxes" is [9, 5], triplets'],
  ])('refuses %o with shapes %o', (layout, shapes, message) => {
    expect(outputProblem(layout, 2, shapes, 1)).toContain(message);
    const outputs = shapes.map((dims) => floats(dims, []));
    expect(() => createBoxDecoder(layout, 2, TILE, 0.5)(outputs, 1)).toThrow(message);
  });

  it('accepts free dimensions when a model is loaded', () => {
    expect(outputProblem(YOLOV8, 2, [['batch', 6, 'anchors']])).toBeUndefined();
    expect(outputProblem(YOLOV5, 2, [['...']])).toBeUndefined();
    expect(outputProblem(triplets(), 2, [['N', 4], ['N'], ['N']])).toBeUndefined();
    expect(outputProblem(YOLOV8, 3, [['batch', 6, 'anchors']])).toBe(
      'output "output0" is [batch, 6, anchors], yolov8 with 3 classes expects [rows, 7, boxes]',
    );
  });

  it('refuses fewer values than the shape says', () => {
    expect(() => createBoxDecoder(YOLOV8, 1, TILE, 0.5)([floats([1, 5, 2], [1])], 1)).toThrow(
      'holds 1 values',
    );
  });
});

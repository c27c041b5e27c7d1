// The layout of detectors that end in a selection: boxes, scores and labels in a tensor each.
import type { DetectionLayout } from '../manifest/image-spec.js';
import { NO_VALUES, checkFinite, isScore, notAScore, type Bounds, type DecodeRow } from './decode-row.js';

export type Triplets = Extract<DetectionLayout, { layout: 'triplets' }>;

/** `[A, 4]`, `[A]` and `[A]`: what pads them to a fixed `A` scores below the bound, and its label means nothing. */
export function tripletsRow(layout: Triplets, classes: number, bounds: Bounds): DecodeRow {
  const { unitWidth, unitHeight, least } = bounds;
  return ([boxes = NO_VALUES, scores = NO_VALUES, labels = NO_VALUES], anchors, builder, row) => {
    for (let a = 0; a < anchors; a++) {
      const score = scores[a] ?? 0;
      if (!isScore(score)) throw notAScore(layout.scores, row, a, score);
      if (score < least) continue;
      const label = (labels[a] ?? NaN) - layout.firstLabel;
      if (!Number.isInteger(label) || label < 0 || label >= classes)
        throw unknownLabel(layout, classes, row, a, labels[a] ?? NaN);
      const [x1, y1, x2, y2] = cornersOf(layout.format, boxes, 4 * a);
      checkFinite(layout.boxes, row, a, x1, y1, x2, y2);
      builder.add(
        x1 * unitWidth,
        y1 * unitHeight,
        x2 * unitWidth,
        y2 * unitHeight,
        Math.min(score, 1),
        label,
      );
    }
  };
}

type Corners = readonly [x1: number, y1: number, x2: number, y2: number];

function cornersOf(format: Triplets['format'], boxes: ArrayLike<number>, at: number): Corners {
  const a = boxes[at] ?? NaN;
  const b = boxes[at + 1] ?? NaN;
  const c = boxes[at + 2] ?? NaN;
  const d = boxes[at + 3] ?? NaN;
  switch (format) {
    case 'xyxy':
      return [a, b, c, d];
    case 'yxyx':
      return [b, a, d, c];
    case 'cxcywh':
      return [a - c / 2, b - d / 2, a + c / 2, b + d / 2];
    case 'xywh':
      return [a, b, a + c, b + d];
  }
}

function unknownLabel(layout: Triplets, classes: number, row: number, anchor: number, label: number): Error {
  const { labels, firstLabel } = layout;
  return new Error(
    `output "${labels}" has the label ${label} for box ${anchor} of tile ${row}, the manifest's classes are ${firstLabel} to ${firstLabel + classes - 1}`,
  );
}

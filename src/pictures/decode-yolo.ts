// The two layouts of the YOLO family: centre, size and a score for each class, by planes or box by box.
import {
  MOST,
  NO_VALUES,
  checkFinite,
  isScore,
  notAScore,
  type Bounds,
  type DecodeRow,
} from './decode-row.js';
import type { RawBoxesBuilder } from './raw-boxes.js';

/** `[4 + C, A]`: a plane for each number, so that the scores are looked through class by class. */
export function yolov8Row(tensor: string, classes: number, bounds: Bounds): DecodeRow {
  const addBox = centredBox(tensor, bounds);
  return ([values = NO_VALUES], anchors, builder, row) => {
    const best = new Float32Array(anchors).fill(-1);
    const label = new Uint16Array(anchors);
    for (let c = 0; c < classes; c++) {
      const plane = values.subarray((4 + c) * anchors, (5 + c) * anchors);
      for (let a = 0; a < anchors; a++) {
        const score = plane[a] ?? 0;
        if (!isScore(score)) throw notAScore(tensor, row, a, score);
        if (score <= (best[a] ?? 0)) continue;
        best[a] = score;
        label[a] = c;
      }
    }
    for (let a = 0; a < anchors; a++) {
      const score = best[a] ?? 0;
      if (score < bounds.least) continue;
      const x = values[a] ?? 0;
      const y = values[anchors + a] ?? 0;
      const width = values[2 * anchors + a] ?? 0;
      const height = values[3 * anchors + a] ?? 0;
      addBox(builder, row, a, x, y, width, height, score, label[a] ?? 0);
    }
  };
}

/** `[A, 5 + C]`: what a class scores is its own number times the objectness. */
export function yolov5Row(tensor: string, classes: number, bounds: Bounds): DecodeRow {
  const addBox = centredBox(tensor, bounds);
  const size = 5 + classes;
  return ([values = NO_VALUES], anchors, builder, row) => {
    for (let a = 0; a < anchors; a++) {
      const at = a * size;
      const objectness = values[at + 4] ?? 0;
      if (!isScore(objectness)) throw notAScore(tensor, row, a, objectness);
      // No class lifts it above that, so most of the tensor need not be looked at.
      if (objectness * MOST < bounds.least) continue;
      let best = -1;
      let label = 0;
      for (let c = 0; c < classes; c++) {
        const score = values[at + 5 + c] ?? 0;
        if (!isScore(score)) throw notAScore(tensor, row, a, score);
        if (score <= best) continue;
        best = score;
        label = c;
      }
      const score = Math.fround(objectness * best);
      if (score < bounds.least) continue;
      const x = values[at] ?? 0;
      const y = values[at + 1] ?? 0;
      const width = values[at + 2] ?? 0;
      const height = values[at + 3] ?? 0;
      addBox(builder, row, a, x, y, width, height, score, label);
    }
  };
}

function centredBox(tensor: string, { unitWidth, unitHeight }: Bounds) {
  return (
    builder: RawBoxesBuilder,
    row: number,
    anchor: number,
    x: number,
    y: number,
    width: number,
    height: number,
    score: number,
    label: number,
  ): void => {
    checkFinite(tensor, row, anchor, x, y, width, height);
    builder.add(
      (x - width / 2) * unitWidth,
      (y - height / 2) * unitHeight,
      (x + width / 2) * unitWidth,
      (y + height / 2) * unitHeight,
      Math.min(score, 1),
      label,
    );
  };
}

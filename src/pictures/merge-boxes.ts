// Makes one list of detections of the boxes that all tiles of a picture gave.
import type { ImageSpec } from '../manifest/image-spec.js';
import { bestFirst } from './best-first.js';

import { greedyMatch, type Corners } from './greedy-match.js';

/** Boxes of all tiles in pixels of the picture. */
export interface TileBoxes extends Corners {
  readonly score: Float32Array;
  readonly label: Uint16Array;
  /** Which tile it is from. */
  readonly tile: Int32Array;
  /** 1 where it lies within 1.5 pixels of a tile's side that is no side of the picture, else 0. */
  readonly touches: Uint8Array;
}

/** Boxes of a picture, best first. */
export interface MergedBoxes extends Corners {
  readonly score: Float32Array;
  readonly label: Uint16Array;
  /** 1 where no tile showed the whole thing, so that its box is joined or cut off, else 0. */
  readonly cut: Uint8Array;
}

export type MergeRule = Pick<ImageSpec, 'merge' | 'iou' | 'mergePerClass' | 'maxDetections'>;

// One of a box's parts that is clear of inner sides and this much of it is taken for the whole.
const WHOLE = 0.5;

/**
 * The best `maxDetections` boxes after the rule's merge, by greedy choice from the highest score down, equal scores in order of label
 * and place. `nms`: a box that overlaps a better one by more than `iou`, as intersection over union, goes. `nmm` (greedy
 * non-maximum merging, Akyon et al., SAHI, 2022): first so within each tile; then the best box takes in all whose intersection with it
 * over the smaller of both exceeds `iou`, and grows to hold them, with its own score and label. Its own extent decides what it takes
 * in, not what it has grown to, so that neighbours do not run together.
 */
export function mergeBoxes(boxes: TileBoxes, rule: MergeRule): MergedBoxes {
  const order = inOrder(boxes);
  const whole = areasInOneTile(boxes);
  switch (rule.merge) {
    case 'none':
      return take(boxes, boxes, order, whole, rule.maxDetections);
    case 'nms': {
      const standsFor = greedyMatch(boxes, order, groupsOf(boxes, rule, false), 'union', rule.iou);
      return take(boxes, boxes, standing(order, standsFor), whole, rule.maxDetections);
    }
    case 'nmm': {
      // A detector without a selection of its own has many boxes for a thing, whose union would be larger than the thing.
      const inTile = greedyMatch(boxes, order, groupsOf(boxes, rule, true), 'union', rule.iou);
      const chosen = standing(order, inTile);
      const standsFor = greedyMatch(boxes, chosen, groupsOf(boxes, rule, false), 'smaller', rule.iou);
      const joined = join(boxes, chosen, standsFor, whole);
      return take(boxes, joined, standing(chosen, standsFor), whole, rule.maxDetections);
    }
  }
}

function inOrder({ score, label, x1, y1, x2, y2, tile }: TileBoxes): Int32Array {
  const ties = [label, x1, y1, x2, y2, tile];
  return bestFirst(score, (a, b) => {
    for (const values of ties) {
      const lesser = (values[a] ?? 0) - (values[b] ?? 0);
      if (lesser !== 0) return lesser;
    }
    return 0;
  });
}

/** What must be equal for two boxes to be one. */
function groupsOf({ count, label, tile }: TileBoxes, rule: MergeRule, perTile: boolean): Float64Array {
  return new Float64Array(count).map(
    (_, i) => (perTile ? (tile[i] ?? 0) * 65_536 : 0) + (rule.mergePerClass ? (label[i] ?? 0) : 0),
  );
}

function standing(order: Int32Array, standsFor: Int32Array): Int32Array {
  return order.filter((i) => standsFor[i] === i);
}

function areasInOneTile(boxes: TileBoxes): Float64Array {
  return new Float64Array(boxes.count).map((_, i) => (boxes.touches[i] === 1 ? 0 : areaOf(boxes, i)));
}

/** The boxes grown to hold those that they stand for; `whole` becomes the largest of a box's parts that one tile showed whole. */
function join(boxes: Corners, order: Int32Array, standsFor: Int32Array, whole: Float64Array): Corners {
  const { count } = boxes;
  const [x1, y1] = [boxes.x1.slice(), boxes.y1.slice()];
  const [x2, y2] = [boxes.x2.slice(), boxes.y2.slice()];
  for (const part of order) {
    const into = standsFor[part] ?? part;
    x1[into] = Math.min(x1[into] ?? 0, boxes.x1[part] ?? 0);
    y1[into] = Math.min(y1[into] ?? 0, boxes.y1[part] ?? 0);
    x2[into] = Math.max(x2[into] ?? 0, boxes.x2[part] ?? 0);
    y2[into] = Math.max(y2[into] ?? 0, boxes.y2[part] ?? 0);
    whole[into] = Math.max(whole[into] ?? 0, whole[part] ?? 0);
  }
  return { count, x1, y1, x2, y2 };
}

function take(
  { score, label }: TileBoxes,
  corners: Corners,
  all: Int32Array,
  whole: Float64Array,
  most: number,
): MergedBoxes {
  const kept = all.subarray(0, most);
  const { length } = kept;
  return {
    count: length,
    x1: pick(corners.x1, kept, new Float32Array(length)),
    y1: pick(corners.y1, kept, new Float32Array(length)),
    x2: pick(corners.x2, kept, new Float32Array(length)),
    y2: pick(corners.y2, kept, new Float32Array(length)),
    score: pick(score, kept, new Float32Array(length)),
    label: pick(label, kept, new Uint16Array(length)),
    cut: new Uint8Array(length).map((_, at) => {
      const i = kept[at] ?? 0;
      return (whole[i] ?? 0) > WHOLE * areaOf(corners, i) ? 0 : 1;
    }),
  };
}

function pick<Values extends Float32Array | Uint16Array>(
  from: Values,
  kept: Int32Array,
  into: Values,
): Values {
  for (let at = 0; at < kept.length; at++) into[at] = from[kept[at] ?? 0] ?? 0;
  return into;
}

function areaOf({ x1, y1, x2, y2 }: Corners, i: number): number {
  return ((x2[i] ?? 0) - (x1[i] ?? 0)) * ((y2[i] ?? 0) - (y1[i] ?? 0));
}

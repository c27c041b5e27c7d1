// Which boxes stand for which: the better one for every box that overlaps it too much.
import { createBoxIndex } from './box-index.js';

/** Boxes as a struct of arrays of corners, `x1 < x2` and `y1 < y2`, in pixels. */
export interface Corners {
  readonly count: number;
  readonly x1: Float32Array;
  readonly y1: Float32Array;
  readonly x2: Float32Array;
  readonly y2: Float32Array;
}

/** Overlap as a share of the two boxes' union, or of the smaller one. */
export type OverlapMeasure = 'union' | 'smaller';

/**
 * For each box of `order`, best first, the one that stands for it: the best of those before it that stand for themselves, are of its
 * group and overlap it by more than `bound`; itself, if there is none. What stands for nothing but another box takes in no others,
 * so a chain of neighbours does not become one. Entries of boxes that are not in `order` mean nothing.
 */
export function greedyMatch(
  boxes: Corners,
  order: Int32Array,
  groups: Float64Array,
  measure: OverlapMeasure,
  bound: number,
): Int32Array {
  const standsFor = new Int32Array(boxes.count);
  const corners = inOrder(boxes, order);
  const group = new Float64Array(order.length).map((_, rank) => groups[order[rank] ?? 0] ?? 0);
  const index = createBoxIndex(corners);
  const exceeds = overlapTest(corners, measure, bound);
  const near = new Int32Array(order.length);
  for (let rank = 0; rank < order.length; rank++) {
    let best = rank;
    const found = index.near(rank, near);
    for (let k = 0; k < found; k++) {
      const other = near[k] ?? 0;
      if (other < best && group[other] === group[rank] && exceeds(rank, other)) best = other;
    }
    standsFor[order[rank] ?? 0] = order[best] ?? 0;
    if (best === rank) index.add(rank);
  }
  return standsFor;
}

/** The four corners of each box side by side, best first. */
function inOrder({ x1, y1, x2, y2 }: Corners, order: Int32Array): Float32Array {
  const corners = new Float32Array(4 * order.length);
  for (let rank = 0; rank < order.length; rank++) {
    const box = order[rank] ?? 0;
    corners[4 * rank] = x1[box] ?? 0;
    corners[4 * rank + 1] = y1[box] ?? 0;
    corners[4 * rank + 2] = x2[box] ?? 0;
    corners[4 * rank + 3] = y2[box] ?? 0;
  }
  return corners;
}

function overlapTest(corners: Float32Array, measure: OverlapMeasure, bound: number) {
  const side = (i: number, which: number): number => corners[4 * i + which] ?? 0;
  const area = (i: number): number => (side(i, 2) - side(i, 0)) * (side(i, 3) - side(i, 1));
  return (a: number, b: number): boolean => {
    const width = Math.min(side(a, 2), side(b, 2)) - Math.max(side(a, 0), side(b, 0));
    const height = Math.min(side(a, 3), side(b, 3)) - Math.max(side(a, 1), side(b, 1));
    if (width <= 0 || height <= 0) return false;
    const shared = width * height;
    const whole = measure === 'union' ? area(a) + area(b) - shared : Math.min(area(a), area(b));
    return shared > bound * whole;
  };
}

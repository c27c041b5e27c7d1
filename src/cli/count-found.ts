// How many of the things that are there a detector has found.
import type { TrueThing } from '../training/picture-traffic.js';

export type FoundThing = TrueThing;

const LEAST_IOU = 0.5;

/** Each thing that is found counts for one of its label that overlaps it by half at least (intersection over union), once. */
export function countFound(truth: readonly TrueThing[], found: readonly FoundThing[]): number {
  const open = new Set(truth);
  let count = 0;
  for (const one of found) {
    let best: TrueThing | undefined;
    let bestIou = LEAST_IOU;
    for (const thing of open) {
      const overlap = thing.label === one.label ? iou(thing.box, one.box) : 0;
      if (overlap >= bestIou) [best, bestIou] = [thing, overlap];
    }
    if (best === undefined) continue;
    open.delete(best);
    count += 1;
  }
  return count;
}

type Box = TrueThing['box'];

/** Intersection over union, 0 to 1. */
export function iou(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const common = width * height;
  return common / (a.width * a.height + b.width * b.height - common);
}

// Decides which detected boxes of a picture are right: pairs them with true boxes of their class, the surest first.

/** Corners in pixels, `[left, top, right, bottom]`. */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

export interface TrueBox {
  readonly label: string;
  readonly box: Box;
}

export interface DetectedBox extends TrueBox {
  readonly score: number;
}

/** What was found in a picture, and what is in it. */
export interface JudgedPicture {
  readonly detections: readonly DetectedBox[];
  readonly truths: readonly TrueBox[];
}

/** A detection, and whether a true box of its class is its own. */
export interface MatchedDetection {
  readonly label: string;
  readonly score: number;
  readonly isRight: boolean;
}

/** Intersection over union, 0 to 1; 0 where either has no area. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (!(width > 0 && height > 0)) return 0;
  const shared = width * height;
  return shared / (areaOf(a) + areaOf(b) - shared);
}

/**
 * Detections by falling score, equals in their order; each takes the true box of its class that it covers best among those
 * nobody has, if that is `leastIou` at least (as COCO does). A box that is not finite matches nothing.
 */
export function matchBoxes({ detections, truths }: JudgedPicture, leastIou: number): MatchedDetection[] {
  const free = new Set(truths);
  return detections
    .toSorted((a, b) => b.score - a.score)
    .map(({ label, score, box }) => {
      let best: TrueBox | undefined;
      let most = leastIou;
      for (const truth of free) {
        const iou = truth.label === label ? intersectionOverUnion(box, truth.box) : 0;
        if (iou < most || (iou === most && best !== undefined)) continue;
        best = truth;
        most = iou;
      }
      if (best !== undefined) free.delete(best);
      return { label, score, isRight: best !== undefined };
    });
}

function areaOf([left, top, right, bottom]: Box): number {
  return (right - left) * (bottom - top);
}

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
 * nobody has, the first of equals, if that is `leastIou` (more than 0) at least (as COCO does). A box that is not finite matches
 * nothing.
 */
export function matchBoxes({ detections, truths }: JudgedPicture, leastIou: number): MatchedDetection[] {
  const byLabel = new Map<string, Candidate[]>();
  truths.forEach(({ label, box }, at) => {
    if (!Number.isFinite(box[0])) return;
    const candidates = byLabel.get(label);
    if (candidates === undefined) byLabel.set(label, [{ box, at, isTaken: false }]);
    else candidates.push({ box, at, isTaken: false });
  });
  for (const candidates of byLabel.values()) candidates.sort((a, b) => a.box[0] - b.box[0]);
  return detections
    .toSorted((a, b) => b.score - a.score)
    .map(({ label, score, box }) => {
      const best = bestOf(byLabel.get(label) ?? [], box, leastIou);
      if (best !== undefined) best.isTaken = true;
      return { label, score, isRight: best !== undefined };
    });
}

/** A true box and its place among those of the picture. */
interface Candidate {
  readonly box: Box;
  readonly at: number;
  isTaken: boolean;
}

/** Of candidates by their left sides; what is wider than the box by more than 1 / `leastIou` cannot overlap it enough. */
function bestOf(candidates: readonly Candidate[], box: Box, leastIou: number): Candidate | undefined {
  const [left, , right] = box;
  const widest = (right - left) / leastIou;
  let best: Candidate | undefined;
  let most = leastIou;
  for (let i = firstAt(candidates, left - widest); i < candidates.length; i += 1) {
    const candidate = candidates[i];
    if (candidate === undefined || candidate.box[0] >= right) break;
    if (candidate.isTaken) continue;
    const iou = intersectionOverUnion(box, candidate.box);
    if (iou > most || (iou === most && (best === undefined || candidate.at < best.at))) {
      best = candidate;
      most = iou;
    }
  }
  return best;
}

/** The first whose left side is not before `left`. */
function firstAt(candidates: readonly Candidate[], left: number): number {
  let [low, high] = [0, candidates.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((candidates[middle]?.box[0] ?? Infinity) < left) low = middle + 1;
    else high = middle;
  }
  return low;
}

function areaOf([left, top, right, bottom]: Box): number {
  return (right - left) * (bottom - top);
}

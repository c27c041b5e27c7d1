// What the detector answers for scenes, beside what is in them.
import type { Detection } from '../../src/events/picture.js';
import type { DetectedBox, JudgedPicture } from '../../src/monitors/statistics/detection/match-boxes.js';
import type { TrueThing } from '../../src/training/picture-traffic.js';
import type { Answer, Detector } from './detect.js';

/** A picture as it was answered by the settings of the manifest, and down to hardly any confidence. */
export interface JudgedSample {
  readonly answer: Answer;
  readonly served: JudgedPicture;
  /** What average precision is computed of, which follows the scores to where recall ends. */
  readonly unbounded: JudgedPicture;
}

// Boxes of so little confidence are of all sizes: `nmm` would join the large ones among them with the right ones. Of one tile
// both rules keep nearly the same boxes above the bound of the manifest.
const UNBOUNDED = { confidence: 0.01, merge: 'nms' } as const;

/** Answers one picture, and says what is truly in it. */
export async function judgeSample(
  detector: Detector,
  file: Uint8Array,
  trees: readonly TrueThing[],
): Promise<JudgedSample> {
  const truths = trees.map(({ label, box }) => ({ label, box: cornersOf(box) }));
  const answer = await detector.detect(file);
  const { detections } = await detector.detect(file, UNBOUNDED);
  return {
    answer,
    served: { truths, detections: answer.detections.map(scored) },
    unbounded: { truths, detections: detections.map(scored) },
  };
}

function scored({ label, confidence, box }: Detection): DetectedBox {
  return { label, score: confidence, box: cornersOf(box) };
}

function cornersOf({ x, y, width, height }: Detection['box']): DetectedBox['box'] {
  return [x, y, x + width, y + height];
}

// Scenes as boxes by their corners, for metrics of detection.
import type { Box, JudgedPicture } from '../../src/monitors/statistics/detection/match-boxes.js';
import type { Scene } from './detector-batches.js';

/** What was found in a scene and what is in it. */
export function cornersOfScene({ detections, truths }: Pick<Scene, 'detections' | 'truths'>): JudgedPicture {
  return {
    detections: detections.map(({ label, confidence, box }) => ({
      label,
      score: confidence,
      box: corners(box),
    })),
    truths: truths.map(({ label, box }) => ({ label, box: corners(box) })),
  };
}

function corners({ x, y, width, height }: Scene['truths'][number]['box']): Box {
  return [x, y, x + width, y + height];
}

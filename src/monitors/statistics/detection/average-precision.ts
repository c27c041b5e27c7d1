// Average precision: how well scores put right detections before wrong ones, and how many true boxes are found at all.
import type { MatchedDetection } from './match-boxes.js';

/**
 * The area under precision over recall, 0 to 1: precision at a recall is the best at that or any higher one, and every recall
 * counts (PASCAL VOC since 2010). Detections of one score stand or fall together. Undefined without true boxes.
 */
export function averagePrecision(
  detections: readonly Pick<MatchedDetection, 'score' | 'isRight'>[],
  truths: number,
): number | undefined {
  if (truths === 0) return undefined;
  const sorted = detections.toSorted((a, b) => b.score - a.score);
  const steps: { readonly recall: number; readonly precision: number }[] = [];
  let right = 0;
  sorted.forEach(({ score, isRight }, i) => {
    if (isRight) right += 1;
    if (sorted[i + 1]?.score !== score) steps.push({ recall: right / truths, precision: right / (i + 1) });
  });
  let area = 0;
  let best = 0;
  for (let i = steps.length - 1; i >= 0; i -= 1) {
    const { recall, precision } = steps[i] ?? { recall: 0, precision: 0 };
    best = Math.max(best, precision);
    area += best * (recall - (steps[i - 1]?.recall ?? 0));
  }
  return area;
}

// Matched detections of a picture in few whole numbers, so that windows of pictures can be kept, saved and drawn from again.
import { matchBoxes, type JudgedPicture } from './match-boxes.js';

/** Scores are told apart by hundredths: average precision changes by less than a hundredth for it. */
export const SCORE_STEPS = 100;

/**
 * How many pairs follow; pairs of class and its true boxes; triples of cell (class times SCORE_STEPS plus the step of the
 * score), right and wrong detections.
 */
export type CountedMatches = readonly number[];

/** Matches a picture at `leastIou`; `codeOf` gives the place of a label among the classes. */
export function countMatches(
  picture: JudgedPicture,
  leastIou: number,
  codeOf: (label: string) => number,
): CountedMatches {
  const truths = new Map<number, number>();
  for (const { label } of picture.truths) truths.set(codeOf(label), (truths.get(codeOf(label)) ?? 0) + 1);
  const cells = new Map<number, readonly [right: number, wrong: number]>();
  for (const { label, score, isRight } of matchBoxes(picture, leastIou)) {
    const cell = codeOf(label) * SCORE_STEPS + stepOf(score);
    const [right, wrong] = cells.get(cell) ?? [0, 0];
    cells.set(cell, isRight ? [right + 1, wrong] : [right, wrong + 1]);
  }
  return [truths.size, ...[...truths].flat(), ...[...cells].flatMap(([cell, counts]) => [cell, ...counts])];
}

/** Whether numbers are counted matches of so many classes. */
export function isCountedMatches(values: readonly number[], classCount: number): boolean {
  const [pairs = -1] = values;
  const cellsFrom = 1 + 2 * pairs;
  if (!values.every((value) => Number.isSafeInteger(value) && value >= 0)) return false;
  if (cellsFrom > values.length || (values.length - cellsFrom) % 3 !== 0 || pairs < 0) return false;
  for (let i = 1; i < cellsFrom; i += 2) if ((values[i] ?? 0) >= classCount) return false;
  for (let i = cellsFrom; i < values.length; i += 3)
    if ((values[i] ?? 0) >= classCount * SCORE_STEPS) return false;
  return true;
}

function stepOf(score: number): number {
  return Math.max(0, Math.min(SCORE_STEPS - 1, Math.floor(score * SCORE_STEPS) || 0));
}

// Counted matches measure what the boxes themselves measure, and their intervals hold what they promise.
import { describe, expect, it } from 'vitest';
import { cornersOfScene } from '../../../../test/support/judged-scenes.js';
import { drawScenes, STAGES } from '../../../../test/support/detector-batches.js';
import { seededRandom } from '../../../../test/support/monitor-batches.js';
import { createRandom } from '../../../training/random.js';
import { countMatches, isCountedMatches } from './counted-matches.js';
import { countedMetrics } from './counted-metrics.js';
import { detectionMetrics } from './detection-metrics.js';

const codeOf = (label: string) => {
  const code = STAGES.indexOf(label);
  return code < 0 ? STAGES.length : code;
};
const count = (scenes: ReturnType<typeof drawScenes>) =>
  scenes.map((scene) => countMatches(cornersOfScene(scene), 0.5, codeOf));

describe('counted matches', () => {
  it('measure what the boxes measure, average precision to a hundredth', () => {
    const scenes = drawScenes(createRandom(4), 60);
    const exact = detectionMetrics(scenes.map(cornersOfScene), STAGES, { random: seededRandom(1) });
    const counted = countedMetrics(count(scenes), STAGES.length, seededRandom(1));
    STAGES.forEach((name, code) => {
      const [one, other] = [exact.classes.get(name), counted.classes[code]];
      for (const key of ['truths', 'truePositives', 'falsePositives', 'falseNegatives'] as const)
        expect(other?.[key]).toBe(one?.[key]);
      expect(other?.precision?.value).toBe(one?.precision?.value);
      expect(other?.recall?.value).toBe(one?.recall?.value);
      expect(Math.abs((other?.averagePrecision?.value ?? 0) - (one?.averagePrecision ?? 0))).toBeLessThan(
        0.01,
      );
    });
    const difference = (counted.meanAveragePrecision?.value ?? 0) - (exact.meanAveragePrecision?.value ?? 0);
    expect(Math.abs(difference)).toBeLessThan(0.01);
  });

  it('are the same numbers for the same pictures, and nothing without any', () => {
    const pictures = count(drawScenes(createRandom(6), 30));
    const measure = () => countedMetrics(pictures, STAGES.length, seededRandom(2));
    expect(measure()).toEqual(measure());
    const none = countedMetrics([], STAGES.length, seededRandom(2));
    expect(none).toMatchObject({ pictures: 0, meanAveragePrecision: undefined, macroF1: undefined });
  });

  it('have errors as large as what other pictures of the same kind would have given', () => {
    const random = createRandom(8);
    const runs = Array.from({ length: 30 }, () =>
      countedMetrics(count(drawScenes(random, 40)), STAGES.length, seededRandom(3)),
    ).flatMap(({ meanAveragePrecision }) => meanAveragePrecision ?? []);
    const mean = runs.reduce((sum, { value }) => sum + value / runs.length, 0);
    const spread = Math.sqrt(
      runs.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (runs.length - 1),
    );
    const error = runs.reduce((sum, { standardError }) => sum + standardError / runs.length, 0);
    expect(error / spread).toBeGreaterThan(0.65);
    expect(error / spread).toBeLessThan(1.5);
    const held = runs.filter(({ lower, upper }) => lower <= mean && mean <= upper).length;
    expect(held / runs.length).toBeGreaterThan(0.8);
  });

  it('are told from other numbers', () => {
    for (const picture of count(drawScenes(createRandom(6), 10)))
      expect(isCountedMatches(picture, STAGES.length + 1)).toBe(true);
    for (const odd of [[], [-1], [1, 0], [0, 1, 2], [0, 500, 1, 1], [1, 5, 1], [0, 1.5, 0, 0]])
      expect(isCountedMatches(odd, 5), JSON.stringify(odd)).toBe(false);
  });
});

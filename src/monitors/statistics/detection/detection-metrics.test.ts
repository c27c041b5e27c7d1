// Boxes by hand, whose metrics are known, and what holds for any boxes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../test/support/monitor-batches.js';
import { averagePrecision } from './average-precision.js';
import { detectionMetrics } from './detection-metrics.js';
import { intersectionOverUnion, matchBoxes, type Box, type JudgedPicture } from './match-boxes.js';

const at = (left: number, top = 0): Box => [left, top, left + 10, top + 10];
const found = (label: string, score: number, box: Box) => ({ label, score, box });

describe('intersection over union', () => {
  it.each<[string, Box, Box, number]>([
    ['the same', at(0), at(0), 1],
    ['half of each', at(0), at(5), 1 / 3],
    ['one within the other', [0, 0, 10, 10], [2, 2, 6, 6], 0.16],
    ['side by side', at(0), at(10), 0],
    ['no area', [3, 3, 3, 9], at(0), 0],
    ['turned over', [10, 10, 0, 0], at(0), 0],
    ['no numbers', [Number.NaN, 0, 10, 10], at(0), 0],
  ])('of %s', (_, a, b, expected) => {
    expect(intersectionOverUnion(a, b)).toBeCloseTo(expected, 12);
    expect(intersectionOverUnion(b, a)).toBeCloseTo(expected, 12);
  });
});

describe('matching', () => {
  it('gives a true box to the surest detection alone, and each detection the box it covers best', () => {
    const truths = [at(0), at(3)].map((box) => ({ label: 'young', box }));
    const detections = [found('young', 0.5, at(0)), found('young', 0.9, at(2)), found('mature', 0.99, at(0))];
    expect(matchBoxes({ detections, truths }, 0.5)).toEqual([
      { label: 'mature', score: 0.99, isRight: false },
      { label: 'young', score: 0.9, isRight: true },
      { label: 'young', score: 0.5, isRight: true },
    ]);
    const thrice = [0.9, 0.8, 0.7].map((score) => found('young', score, at(0)));
    const right = matchBoxes({ detections: thrice, truths: truths.slice(0, 1) }, 0.5);
    expect(right.map(({ isRight }) => isRight)).toEqual([true, false, false]);
  });

  it('counts a box that is covered exactly as far as asked for', () => {
    const picture = { detections: [found('a', 1, [0, 0, 10, 5])], truths: [{ label: 'a', box: at(0) }] };
    expect(matchBoxes(picture, 0.5)[0]?.isRight).toBe(true);
    expect(matchBoxes(picture, 0.501)[0]?.isRight).toBe(false);
  });
});

describe('average precision', () => {
  const judge = (...rights: boolean[]) => rights.map((isRight, i) => ({ score: 1 - i / 10, isRight }));
  it.each([
    ['all found, none wrong', judge(true, true), 2, 1],
    ['half found', judge(true), 2, 0.5],
    ['a wrong one first', judge(false, true), 1, 0.5],
    // Precision 1, 1/2, 2/3 at recall 1/2, 1/2, 1.
    ['a wrong one between', judge(true, false, true), 2, 0.5 + 0.5 * (2 / 3)],
    // 1, 1, 2/3, 3/4 at 1/4, 1/2, 1/2, 3/4: the last precision holds back to where it is better.
    ['a late right one', judge(true, true, false, true), 4, 0.5 + 0.25 * 0.75],
    ['nothing found', [], 3, 0],
  ])('of %s', (_, detections, truths, expected) => {
    expect(averagePrecision(detections, truths)).toBeCloseTo(expected, 12);
  });

  it('is not known without true boxes, and does not depend on the order of equal scores', () => {
    expect(averagePrecision(judge(false), 0)).toBeUndefined();
    const [one, other] = [true, false].map((isRight) => ({ score: 0.5, isRight }));
    if (one === undefined || other === undefined) throw new Error('two detections');
    expect(averagePrecision([one, other], 1)).toBe(averagePrecision([other, one], 1));
  });
});

describe('detection metrics', () => {
  it('count by class, with intervals, and average over the classes that occur', () => {
    const pictures: JudgedPicture[] = [
      {
        truths: [
          { label: 'young', box: at(0) },
          { label: 'young', box: at(50) },
          { label: 'mature', box: at(100) },
        ],
        detections: [found('young', 0.9, at(1)), found('young', 0.8, at(200)), found('mature', 0.7, at(101))],
      },
      { truths: [], detections: [found('young', 0.3, at(0))] },
    ];
    const {
      classes,
      meanAveragePrecision,
      pictures: seen,
    } = detectionMetrics(pictures, ['young', 'mature', 'fruiting'], { random: seededRandom(1) });
    expect(seen).toBe(2);
    expect(classes.get('young')).toMatchObject({
      ...{ truths: 2, truePositives: 1, falsePositives: 2, falseNegatives: 1 },
      ...{ precision: { value: 1 / 3, n: 3 }, recall: { value: 0.5, n: 2 }, f1: { value: 0.4, n: 4 } },
      averagePrecision: 0.5,
    });
    expect(classes.get('mature')).toMatchObject({ f1: { value: 1 }, averagePrecision: 1 });
    expect(classes.get('fruiting')).toMatchObject({
      ...{ truths: 0, precision: undefined, recall: undefined, f1: undefined, averagePrecision: undefined },
    });
    expect(meanAveragePrecision).toMatchObject({ value: 0.75, n: 2 });
  });

  it('stay within their intervals and between 0 and 1, whatever the boxes', () => {
    const place = fc.integer({ min: 0, max: 30 });
    const label = fc.constantFrom('a', 'b', 'c');
    const score = fc.double({ min: 0, max: 1, noNaN: true });
    const box = fc.tuple(place, place).map(([left, top]) => at(left, top));
    const picture = fc.record({
      truths: fc.array(fc.record({ label, box }), { maxLength: 5 }),
      detections: fc.array(fc.record({ label, box, score }), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(picture, { maxLength: 4 }), (pictures) => {
        const { classes, meanAveragePrecision } = detectionMetrics(pictures, ['a', 'b'], {
          random: seededRandom(1),
        });
        for (const { precision, recall, f1, truths, truePositives, falseNegatives } of classes.values()) {
          expect(truePositives + falseNegatives).toBe(truths);
          for (const rate of [precision, recall, f1]) {
            if (rate === undefined) continue;
            expect(rate.lower >= 0 && rate.lower <= rate.value && rate.value <= rate.upper).toBe(true);
            expect(rate.upper).toBeLessThanOrEqual(1);
          }
        }
        const { value = 0, lower = 0, upper = 0 } = meanAveragePrecision ?? {};
        expect([value, lower, upper].every((one) => one >= 0 && one <= 1)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

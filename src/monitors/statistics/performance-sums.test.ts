// That sums tell what the rows would, and can be taken up where they were left.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/support/monitor-batches.js';
import { estimatePerformance } from './estimate-performance.js';
import { createPerformanceSums, MOST_BANDED, MOST_SUMMED } from './performance-sums.js';

interface Answer {
  readonly row: readonly number[];
  readonly answered: number;
}

/** Rows of random probabilities, mostly answered with the likeliest class. */
function draw(n: number, classCount: number, seed: number): Answer[] {
  const random = seededRandom(seed);
  return Array.from({ length: n }, () => {
    const weights = Array.from({ length: classCount }, () => random() ** 4);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const row = weights.map((weight) => weight / total);
    const likeliest = row.indexOf(Math.max(...row));
    return { row, answered: random() < 0.9 ? likeliest : Math.floor(random() * classCount) };
  });
}

function sumUp(answers: readonly Answer[], classCount: number) {
  const sums = createPerformanceSums(classCount);
  for (const { row, answered } of answers) sums.add(row, answered);
  return sums;
}

const fromRows = (answers: readonly Answer[], classCount: number) =>
  estimatePerformance({
    classCount,
    probabilities: answers.flatMap(({ row }) => row),
    predicted: answers.map(({ answered }) => answered),
  });

describe('sums of performance', () => {
  it('give the estimate of the rows, bands included, for any number of classes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 1e6 }),
        (n, classCount, seed) => {
          const answers = draw(n, classCount, seed);
          const expected = fromRows(answers, classCount);
          const actual = sumUp(answers, classCount).estimate();
          const near = (value: number | undefined, wanted: number | undefined) => {
            if (wanted === undefined) expect(value).toBeUndefined();
            else expect(value).toBeCloseTo(wanted, 9);
          };
          near(actual?.accuracy.lower, expected?.accuracy.lower);
          near(actual?.accuracy.value, expected?.accuracy.value);
          near(actual?.macroF1, expected?.macroF1?.value);
          const banded = classCount <= MOST_BANDED;
          // The root of a difference that is rounded: half the digits.
          for (const end of ['lower', 'upper'] as const) {
            const wanted = banded ? expected?.macroF1?.[end] : undefined;
            if (wanted === undefined) expect(actual?.macroF1Band).toBeUndefined();
            else expect(actual?.macroF1Band?.[end]).toBeCloseTo(wanted, 6);
          }
          expected?.classes.forEach(({ precision, recall, f1 }, c) => {
            near(actual?.classes[c]?.precision, precision);
            near(actual?.classes[c]?.recall, recall);
            near(actual?.classes[c]?.f1, f1);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('go on from a snapshot as if they had never stopped, in few numbers', () => {
    const answers = draw(200, 3, 5);
    const first = sumUp(answers.slice(0, 70), 3);
    const second = createPerformanceSums(3);
    second.restore(first.snapshot());
    for (const { row, answered } of answers.slice(70)) second.add(row, answered);
    expect(second.estimate()).toEqual(sumUp(answers, 3).estimate());
    expect(second.snapshot().length).toBe(30);
    expect(() => second.restore([1, 2])).toThrow('other classes');
  });

  it('know nothing without rows, and of very many classes the accuracy alone', () => {
    expect(createPerformanceSums(3).estimate()).toBeUndefined();
    const classCount = MOST_SUMMED + 1;
    const many = sumUp(draw(20, classCount, 3), classCount).estimate();
    expect(many).toMatchObject({ n: 20, macroF1: undefined, macroF1Band: undefined, classes: [] });
    expect(many?.accuracy.value).toBeCloseTo(
      fromRows(draw(20, classCount, 3), classCount)?.accuracy.value ?? 0,
      12,
    );
  });
});

// The metrics of probabilities against definitions written out, ties and empty sides included.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brierScore, logLoss, rocAuc, rocAucOneVsRest } from './probability-metrics.js';

const three = {
  classCount: 3,
  probabilities: [0.7, 0.2, 0.1, 0.1, 0.6, 0.3, 0.2, 0.3, 0.5, 0.4, 0.4, 0.2],
  truths: [0, 1, 2, 1],
};

describe('log loss and Brier score', () => {
  it('are the means of their definitions', () => {
    const surprise = -(Math.log(0.7) + Math.log(0.6) + Math.log(0.5) + Math.log(0.4)) / 4;
    expect(logLoss(three)).toBeCloseTo(surprise, 12);
    expect(brierScore(three)).toBeCloseTo((0.14 + 0.26 + 0.38 + 0.56) / 4, 12);
  });

  it('are finite for a sure mistake and leave out rows whose truth is no class', () => {
    const wrong = { classCount: 2, probabilities: [1, 0, 0.5, 0.5, 0.5, 0.5], truths: [1, 2, -1] };
    expect(logLoss(wrong)).toBeCloseTo(36.04365338911715, 9);
    expect(brierScore(wrong)).toBe(2);
    expect(logLoss({ ...wrong, truths: [7, Number.NaN, 0.5] })).toBeUndefined();
    expect(brierScore({ classCount: 2, probabilities: [], truths: [] })).toBeUndefined();
  });
});

describe('area under the ROC curve', () => {
  it.each([
    [[0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.75],
    [[0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1], 0.5],
    [[0.1, 0.3, 0.3, 0.6], [0, 0, 1, 1], 0.875],
    [[3, 2, 1], [1, 0, 0], 1],
  ])('of scores %j for %j is %d', (scores, positive, area) => {
    expect(rocAuc(scores, positive)).toBe(area);
  });

  it('is the chance that a positive scores higher, a tie counting half', () => {
    const cases = fc.array(fc.tuple(fc.nat(6), fc.nat(1)), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(cases, (drawn) => {
        const highs = drawn.filter(([, p]) => p === 1).map(([s]) => s);
        const lows = drawn.filter(([, p]) => p === 0).map(([s]) => s);
        const wins = highs.flatMap((h) => lows.map((l) => (h > l ? 1 : h === l ? 0.5 : 0)));
        const total = wins.reduce<number>((sum, win) => sum + win, 0);
        const area = rocAuc(
          drawn.map(([s]) => s),
          drawn.map(([, p]) => p),
        );
        if (wins.length === 0) expect(area).toBeUndefined();
        else expect(area).toBeCloseTo(total / wins.length, 12);
      }),
    );
  });

  it('is unknown without both sides or with a score that is no number', () => {
    expect(rocAuc([1, 2], [1, 1])).toBeUndefined();
    expect(rocAuc([], [])).toBeUndefined();
    expect(rocAuc([Number.NaN, 2], [0, 1])).toBeUndefined();
  });

  it('of several classes is the mean of each against the rest, leaving out those that never occur', () => {
    expect(rocAucOneVsRest(three)).toBeCloseTo((1 + 1 + 1) / 3, 12);
    const never = { classCount: 3, probabilities: [0.6, 0.4, 0, 0.7, 0.3, 0], truths: [0, 1] };
    expect(rocAucOneVsRest(never)).toBe(0);
    expect(rocAucOneVsRest({ ...never, truths: [0, 0] })).toBeUndefined();
  });
});

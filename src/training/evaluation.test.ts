import { describe, expect, it } from 'vitest';
import { evaluateLabels } from './evaluation.js';

describe('evaluateLabels', () => {
  it('counts as the textbook does', () => {
    const truth = ['a', 'a', 'a', 'b', 'b', 'c'];
    const predicted = ['a', 'a', 'b', 'b', 'a', 'c'];
    const evaluation = evaluateLabels(['a', 'b', 'c'], truth, predicted);
    expect(evaluation.rows).toBe(6);
    expect(evaluation.accuracy).toBeCloseTo(4 / 6);
    expect(evaluation.classes['a']).toEqual({ precision: 2 / 3, recall: 2 / 3, f1: 4 / 6, support: 3 });
    expect(evaluation.classes['b']).toEqual({ precision: 1 / 2, recall: 1 / 2, f1: 1 / 2, support: 2 });
    expect(evaluation.f1Macro).toBeCloseTo((2 / 3 + 1 / 2 + 1) / 3);
  });

  it('calls a class that never came nor was predicted 0, not NaN', () => {
    expect(evaluateLabels(['a', 'z'], ['a'], ['a']).classes['z']).toEqual({
      precision: 0,
      recall: 0,
      f1: 0,
      support: 0,
    });
    expect(evaluateLabels(['a'], [], []).accuracy).toBe(0);
  });

  it('refuses lists of different length', () => {
    expect(() => evaluateLabels(['a'], ['a'], [])).toThrow(RangeError);
  });
});

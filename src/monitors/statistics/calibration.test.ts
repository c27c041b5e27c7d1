// That calibration mends probabilities that are off, and leaves alone those that are not.
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/support/monitor-batches.js';
import { expectedCalibrationError, fitCalibration } from './calibration.js';
import { readIsotonic } from './isotonic-regression.js';

/** Probabilities spread evenly, and outcomes that come true as often as `truth` says. */
function sample(n: number, truth: (p: number) => number, seed: number) {
  const random = seededRandom(seed);
  const probabilities = Array.from({ length: n }, () => random());
  return { probabilities, outcomes: probabilities.map((p) => (random() < truth(p) ? 1 : 0)) };
}

describe('calibration', () => {
  it('measures how far probabilities lie from what came true', () => {
    expect(expectedCalibrationError([0.8, 0.8, 0.8, 0.8, 0.8], [1, 1, 1, 1, 0])).toBeCloseTo(0, 12);
    expect(expectedCalibrationError([0.9, 0.9, 0.1, 0.1], [0, 1, 0, 0])).toBeCloseTo(0.25, 12);
    expect(expectedCalibrationError([1, 0], [1, 0])).toBe(0);
    expect(expectedCalibrationError([], [])).toBeUndefined();
  });

  it('mends probabilities that are too sure', () => {
    const { probabilities, outcomes } = sample(2000, (p) => 0.25 + p / 2, 5);
    const fit = fitCalibration(probabilities, outcomes);
    if (fit === undefined) throw new Error('no calibration');
    const fresh = sample(2000, (p) => 0.25 + p / 2, 6);
    const before = expectedCalibrationError(fresh.probabilities, fresh.outcomes) ?? 0;
    const mended = fresh.probabilities.map((p) => readIsotonic(fit, p));
    const after = expectedCalibrationError(mended, fresh.outcomes) ?? 1;
    expect(before).toBeGreaterThan(0.1);
    expect(after).toBeLessThan(0.05);
  });

  it('is left out where it would not help', () => {
    expect(fitCalibration([0.5, 0.5, 0.5, 0.5], [0, 0, 1, 1])).toBeUndefined();
    // Rising in the rows that fit, falling in those held out.
    expect(fitCalibration([0.4, 0.4, 0.6, 0.6], [0, 1, 1, 0])).toBeUndefined();
    expect(fitCalibration([], [])).toBeUndefined();
    expect(fitCalibration([0.5], [1])).toBeUndefined();
  });
});

// Thresholds calibrated on the reference: how often unchanged windows exceed them, and when there is none.
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../training/random.js';
import { calibratedThreshold } from './calibrated-threshold.js';
import { wassersteinDistance } from './wasserstein.js';

function calibration(reference: readonly number[], windowSize: number, seed = 3) {
  const random = createRandom(seed);
  return {
    reference,
    windowSize,
    statistic: wassersteinDistance,
    alpha: 0.05,
    draws: 200,
    scale: 'distance' as const,
    random: () => random.uniform(),
  };
}

describe('calibrated threshold', () => {
  it('is exceeded by about one unchanged window in twenty', () => {
    const random = createRandom(17);
    const sample = (n: number) => Array.from({ length: n }, () => Math.exp(random.normal()));
    let exceeded = 0;
    const references = 30;
    const windows = 20;
    for (let i = 0; i < references; i += 1) {
      const reference = sample(500);
      const threshold = calibratedThreshold(calibration(reference, 50, i)) ?? 0;
      for (let j = 0; j < windows; j += 1)
        if ((wassersteinDistance(reference, sample(50)) ?? 0) > threshold) exceeded += 1;
    }
    // Six hundred windows, correlated by reference: the standard error is about 0.015.
    expect(exceeded / (references * windows)).toBeGreaterThan(0.01);
    expect(exceeded / (references * windows)).toBeLessThan(0.1);
  });

  it('shrinks as the root of the counts, and with their ratio for a squared statistic', () => {
    const reference = Array.from({ length: 100 }, (_, i) => i);
    const constant = { ...calibration(reference, 10), statistic: () => 2 };
    const shrinking = (1 / 100 + 1 / 10) / (1 / 90 + 1 / 10);
    expect(calibratedThreshold(constant)).toBeCloseTo(2 * Math.sqrt(shrinking), 12);
    expect(calibratedThreshold({ ...constant, scale: 'squared' })).toBeCloseTo(2 * shrinking, 12);
  });

  it('hands each draw a window of the size asked and the rest of the reference, of any kind of row', () => {
    const reference = Array.from({ length: 40 }, (_, i) => `category ${i}`);
    const threshold = calibratedThreshold({
      ...calibration([], 8),
      reference,
      statistic: (rest, window) => {
        expect(window).toHaveLength(8);
        expect(new Set([...rest, ...window])).toEqual(new Set(reference));
        return 1;
      },
    });
    expect(threshold).toBeLessThan(1);
  });

  it('is none for an empty window, one too large for the reference, or a statistic that is never known', () => {
    const reference = Array.from({ length: 100 }, (_, i) => i);
    expect(calibratedThreshold(calibration(reference, 0))).toBeUndefined();
    expect(calibratedThreshold(calibration(reference, 21))).toBeUndefined();
    expect(
      calibratedThreshold({ ...calibration(reference, 20), statistic: () => undefined }),
    ).toBeUndefined();
  });

  it('is the same for the same seed', () => {
    const reference = Array.from({ length: 100 }, (_, i) => i ** 2);
    expect(calibratedThreshold(calibration(reference, 10))).toBe(
      calibratedThreshold(calibration(reference, 10)),
    );
  });
});

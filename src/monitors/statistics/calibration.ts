// Calibration: does a probability of 0.8 come true in 80 of 100 cases, and a curve that mends it where it does not.
import { fitIsotonic, readIsotonic, type IsotonicFit } from './isotonic-regression.js';

const BINS = 10;

/**
 * Expected calibration error, 0 to 1: over ten equal bins of probability, the mean of |mean probability - share that
 * came true|, weighted by rows (Naeini and others 2015). `outcomes` hold 0 or 1. Undefined without rows.
 */
export function expectedCalibrationError(
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
): number | undefined {
  const apart = new Float64Array(BINS);
  for (let i = 0; i < probabilities.length; i += 1) {
    const p = probabilities[i] ?? 0;
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(p * BINS)));
    apart[bin] = (apart[bin] ?? 0) + p - (outcomes[i] ?? 0);
  }
  if (probabilities.length === 0) return undefined;
  return apart.reduce((total, difference) => total + Math.abs(difference), 0) / probabilities.length;
}

/**
 * An isotonic curve from a probability to how often it came true, or undefined when it would not help: every second row
 * fits a curve, which must lower the calibration error of the other rows, since on its own it always would.
 */
export function fitCalibration(
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
): IsotonicFit | undefined {
  const everySecond = (values: ArrayLike<number>, first: number) =>
    Array.from(values).filter((_, i) => i % 2 === first);
  const trial = fitIsotonic(everySecond(probabilities, 0), everySecond(outcomes, 0));
  const [heldOut, truths] = [everySecond(probabilities, 1), everySecond(outcomes, 1)];
  const before = expectedCalibrationError(heldOut, truths);
  if (trial === undefined || before === undefined) return undefined;
  const mended = heldOut.map((p) => readIsotonic(trial, p));
  const after = expectedCalibrationError(mended, truths);
  return after !== undefined && after < before ? fitIsotonic(probabilities, outcomes) : undefined;
}

// Mends the probabilities of one row by the calibration curves of its classes.
import { readIsotonic, type IsotonicFit } from './isotonic-regression.js';

/**
 * Reads each class's probability off its curve, where it has one, and scales the row so that it adds up to 1 again (Zadrozny
 * and Elkan 2002), in place. Without any curve, or where all would be 0, the row stays as it is.
 */
export function mendProbabilities(row: Float64Array, curves: readonly (IsotonicFit | undefined)[]): void {
  if (curves.every((curve) => curve === undefined)) return;
  const mended = row.map((p, c) => {
    const curve = curves[c];
    return curve === undefined ? p : readIsotonic(curve, p);
  });
  const total = mended.reduce((sum, p) => sum + p, 0);
  if (total > 0) row.set(mended.map((p) => p / total));
}

// The z test of two means: Welch's test as it is for large samples.
import { normalTwoSided } from './special/normal.js';
import type { TestResult } from './test-result.js';
import type { MeanEstimate } from './welch-t.js';

/** z, positive where the first mean is the larger, and its two-sided p-value. Undefined when neither mean has an error. */
export function meanDifferenceZ(left: MeanEstimate, right: MeanEstimate): TestResult | undefined {
  const squaredError = left.squaredError + right.squaredError;
  if (!(squaredError > 0) || !Number.isFinite(squaredError)) return undefined;
  const statistic = (left.mean - right.mean) / Math.sqrt(squaredError);
  return { statistic, pValue: normalTwoSided(statistic) };
}

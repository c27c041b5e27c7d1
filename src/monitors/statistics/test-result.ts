// What a test of two samples answers.

/** A statistic and the probability, from 0 to 1, of one at least as extreme when both samples have one origin. */
export interface TestResult {
  readonly statistic: number;
  readonly pValue: number;
}

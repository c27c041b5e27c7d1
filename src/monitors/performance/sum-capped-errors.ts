// Errors as they are judged: a few absurd labels must neither raise an alarm nor, by the spread they bring, hide one.
import { addPair, NO_REGRESSION_SUMS, type RegressionSums } from '../statistics/regression-metrics.js';
import type { LabelledRow } from './labelled-window.js';

// Of errors that are normally distributed none in any number of windows is that large.
const CAP = 10;

/** The sums of errors of which none counts for more than ten times `ordinary`, which is an error usual or allowed. */
export function sumCappedErrors(rows: readonly LabelledRow[], ordinary: number): RegressionSums {
  return rows.reduce((sums, { values: [truth = 0, predicted = 0] }) => {
    const error = Math.abs(truth - predicted);
    return addPair(sums, 0, ordinary > 0 ? Math.min(error, CAP * ordinary) : error);
  }, NO_REGRESSION_SUMS);
}

// From a run's raw numbers to the outputs a prediction batch carries.
import type { PredictionBatch } from '../events/prediction-batch.js';
import type { OutputValues } from './thread-protocol.js';

/**
 * `values` is row-major. With classes, label is the class of the highest probability, the first one of equals, and confidence
 * is that probability; without, each value is an answer.
 */
export function nameOutputs(
  classes: readonly string[],
  values: OutputValues,
  rows: number,
): PredictionBatch['outputs'] {
  if (classes.length === 0) return { value: toNumbers(values) };
  const width = classes.length;
  const label = new Array<string>(rows);
  const confidence = new Array<number>(rows);
  for (let row = 0, start = 0; row < rows; row++, start += width) {
    let best = 0;
    let highest = values[start] ?? 0;
    for (let k = 1; k < width; k++) {
      const value = values[start + k] ?? 0;
      if (value > highest) {
        highest = value;
        best = k;
      }
    }
    label[row] = classes[best] ?? '';
    confidence[row] = highest;
  }
  return { label, confidence, probabilities: { classes: [...classes], values: toNumbers(values) } };
}

// Several times as fast as Array.from, which asks the iterator for each number.
function toNumbers(values: OutputValues): number[] {
  const numbers = new Array<number>(values.length);
  for (let i = 0; i < values.length; i++) numbers[i] = values[i] ?? 0;
  return numbers;
}

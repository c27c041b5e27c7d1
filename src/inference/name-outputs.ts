// From a run's raw numbers to the outputs a prediction batch carries.
import type { PredictionBatch } from '../events/prediction-batch.js';
import type { ModelManifest } from '../manifest/model-manifest.js';
import type { SessionPlan } from './thread-protocol.js';

/** Which output answers for the task and how wide it is. Throws for tasks that answer otherwise. */
export function planOutput(manifest: ModelManifest): SessionPlan['output'] {
  const { probabilities, value } = manifest.outputs;
  if (manifest.task === 'classification' && probabilities !== undefined)
    return { tensor: probabilities, columns: manifest.classes.length };
  if (manifest.task === 'regression' && value !== undefined) return { tensor: value, columns: 1 };
  throw new Error(`models of task ${manifest.task} cannot be run on feature columns`);
}

/** Label is the class of the highest probability, the first one of equals; confidence is that probability. */
export function nameOutputs(
  manifest: ModelManifest,
  values: Float64Array,
  rows: number,
): PredictionBatch['outputs'] {
  if (manifest.task === 'regression') return { value: Array.from(values) };
  const { classes } = manifest;
  const label: string[] = [];
  const confidence: number[] = [];
  for (let row = 0; row < rows; row++) {
    const shares = values.subarray(row * classes.length, (row + 1) * classes.length);
    const highest = Math.max(...shares);
    label.push(classes[shares.indexOf(highest)] ?? '');
    confidence.push(highest);
  }
  return { label, confidence, probabilities: { classes: [...classes], values: Array.from(values) } };
}

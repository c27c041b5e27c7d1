// What a thread is told about a model version before it opens its file.
import type { InferenceModel } from './inference.js';
import { planOutput } from './name-outputs.js';
import { packTensors, planInputs } from './pack-tensors.js';
import { sampleRows } from './sample-rows.js';
import type { SessionPlan, WarmUp } from './thread-protocol.js';

const WARM_UP_ROWS = [1, 8];

/** The name a model version has in every thread and in logs. */
export function keyOf({ manifest, version }: InferenceModel): string {
  return `${manifest.name}@${version}`;
}

/** The plan and dummy batches of one row and, where batches may be that large, of eight. Throws what packing throws. */
export function planSession(model: InferenceModel): { plan: SessionPlan; warmUps: WarmUp[] } {
  const { manifest, onnxPath, sha256 } = model;
  const inputs = planInputs(manifest);
  return {
    plan: { key: keyOf(model), onnxPath, sha256, inputs, output: planOutput(manifest) },
    warmUps: WARM_UP_ROWS.filter((rows) => rows <= manifest.maxBatchRows).map((rows) => ({
      rows,
      tensors: packTensors(manifest, inputs, sampleRows(manifest, rows), rows),
    })),
  };
}

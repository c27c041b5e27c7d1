// The face of inference: feature columns in, outputs by column out; how threads and tensors do it stays inside.
import type { FeatureColumns, PredictionBatch } from '../events/prediction-batch.js';
import type { ModelManifest } from '../manifest/model-manifest.js';

/** What inference must know of a model version to run it. */
export interface InferenceModel {
  readonly manifest: ModelManifest;
  readonly version: number;
  readonly onnxPath: string;
  readonly sha256: string;
}

/** One run of one batch; `outputs` has one row per input row, all of them present. */
export interface InferenceResult {
  readonly outputs: PredictionBatch['outputs'];
  readonly computeMs: number;
}

export interface Inference {
  /** Execution providers this process can really use, best first, for example `['cpu']`. */
  readonly providers: readonly string[];
  /** Model versions with a ready session, as `name@version`. */
  loaded(): readonly string[];
  /** Creates and warms the session off the main thread; throws when the file does not fit the manifest. */
  load(model: InferenceModel): Promise<void>;
  /** Runs all rows in one session call. Loads the session first if it is not there. Throws AppError INFERENCE_FAILED. */
  run(model: InferenceModel, features: FeatureColumns, rows: number): Promise<InferenceResult>;
  close(): Promise<void>;
}

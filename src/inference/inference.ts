// The face of inference: feature columns in, outputs by column out; how threads and tensors do it stays inside.
import { AppError } from '../errors.js';
import type { FeatureColumns, PredictionBatch } from '../events/prediction-batch.js';
import type { Tile, TilesAnswer } from './thread-protocol.js';
import type { PictureInput } from '../manifest/image-spec.js';
import type { ModelManifest } from '../manifest/model-manifest.js';

export type { Tile, TilesAnswer } from './thread-protocol.js';

/** What inference must know of a model version to run it. */
export interface InferenceModel {
  readonly manifest: ModelManifest;
  readonly version: number;
  readonly onnxPath: string;
  readonly sha256: string;
  /** Of a model of pictures. */
  readonly picture?: PictureInput | undefined;
}

/** One run of one batch; `outputs` has one row per input row, all of them present. */
export interface InferenceResult {
  readonly outputs: PredictionBatch['outputs'];
  readonly computeMs: number;
}

/** A version cannot be loaded, whatever rows it is to run. */
export class LoadFailed extends AppError {}

/** The thread of a run died before it answered: by these rows, or by others that it was given before them. */
export class ThreadDied extends AppError {}

export interface Inference {
  /** Execution providers this process can really use, best first, for example `['cpu']`. */
  readonly providers: readonly string[];
  /** Session threads that hold models of feature columns. */
  readonly threads: number;
  /** Those that hold models of pictures. */
  readonly pictureThreads: number;
  /** Session threads that hold this model, and run a call of it each. */
  threadsOf(model: InferenceModel): number;
  /** Model versions with a session that is open and warm, as `name@version`. */
  loaded(): readonly string[];
  /**
   * Creates and warms the version's sessions off the main thread, and keeps them however scarce memory gets, until another
   * version of the model is loaded. Throws when the file does not fit the manifest.
   */
  load(model: InferenceModel): Promise<void>;
  /**
   * Runs all rows in one session call. Loads the version first if it is not there, and lets it go again when memory is
   * wanted. Throws AppError INFERENCE_FAILED (LoadFailed when no rows would fare better), and UNAVAILABLE when the thread
   * dies (ThreadDied when it had the rows) or inference is shutting down.
   */
  run(model: InferenceModel, features: FeatureColumns, rows: number): Promise<InferenceResult>;
  /**
   * Runs tiles of the model's input size in one session call and gives back the model's own outputs, and the memory of the
   * tiles, which is its own until then. Rejects as `run` does.
   */
  runTiles(model: InferenceModel, tiles: readonly Tile[]): Promise<TilesAnswer>;
  /** Waits for the calls under way and refuses new ones. */
  close(): Promise<void>;
}

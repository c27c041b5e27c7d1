// The face of the registry: which models and versions exist, what they promise, and which one serves.
import type { PictureInput } from '../manifest/image-spec.js';
import type { ModelManifest } from '../manifest/model-manifest.js';
import type { ReferenceProfile } from '../manifest/reference-profile.js';
import type { VersionFacts } from '../manifest/version-facts.js';
import type { TensorSpec } from '../onnx/tensor-spec.js';

export type Stage = 'none' | 'staging' | 'production' | 'archived';

export interface RegisteredVersion {
  readonly model: string;
  readonly version: number;
  readonly stage: Stage;
  readonly facts: VersionFacts;
  readonly reference: ReferenceProfile | undefined;
  readonly onnxPath: string;
  readonly sizeBytes: number;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Of a model of pictures. */
  readonly picture?: PictureInput | undefined;
}

export interface RegisteredModel {
  readonly manifest: ModelManifest;
  /** Ascending by version number; never empty. */
  readonly versions: readonly RegisteredVersion[];
  readonly production: RegisteredVersion;
}

/** Every answer is of one moment and never changes afterwards: who holds a version goes on with it. */
export interface Registry {
  models(): readonly RegisteredModel[];
  /** Throws MODEL_NOT_FOUND. */
  model(name: string): RegisteredModel;
  /** The production version unless one is named. Throws MODEL_NOT_FOUND, VERSION_NOT_FOUND. */
  version(
    name: string,
    version?: number,
  ): { readonly model: RegisteredModel; readonly version: RegisteredVersion };
}

/**
 * A registry that follows the models folder: versions come and go, and `production` of `model.json` moves. `version` finds
 * a named version also after its folder was removed, for the work under way that names it.
 */
export interface LiveRegistry extends Registry {
  /** Calls back after every change of the answers; answers how to stop listening. */
  onChange(listener: () => void): () => void;
  /** Resolves when the folder of this model was looked at after this call, and what was on its way there has come to rest. */
  lookAgain(name: string): Promise<void>;
  stop(): Promise<void>;
}

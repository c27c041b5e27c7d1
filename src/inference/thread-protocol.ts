// What the main thread and a session thread say to each other; one message each way per call.
import type { Cell } from '../events/prediction-batch.js';
import type { ModelManifest } from '../manifest/model-manifest.js';

/** Element types that features can fill. */
export type ElementType = 'float32' | 'float64' | 'int32' | 'int64' | 'bool' | 'string';

/** The values of one input tensor, row-major, in the tensor's own element type. */
export type TensorValues =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | string[];

/** One column of an input tensor; `sample` is a plausible value to warm a session with. */
export interface ColumnPlan {
  readonly feature: string;
  readonly required: boolean;
  readonly sample: Cell;
}

/** One ONNX input and what fills its columns, in order. */
export interface InputPlan {
  readonly tensor: string;
  readonly kind: 'numbers' | 'strings';
  readonly columns: readonly ColumnPlan[];
}

/** How a session is made: as its manifest says, and on as many cores as it has. */
export type SessionChoices = Omit<ModelManifest['inference'], 'warmUpRows' | 'memoryMb'> & {
  readonly intraOpNumThreads: number;
};

/** What any plan says of a session. */
interface PlannedSession {
  /** `name@version`. */
  readonly key: string;
  readonly onnxPath: string;
  readonly sha256: string;
  readonly device: ModelManifest['device'];
  /** Sizes of the dummy batches a session runs before it counts as ready, ascending. */
  readonly warmUpRows: readonly number[];
  readonly options: SessionChoices;
  /** What the session is to be counted with, in bytes; measured when unset. */
  readonly memoryBytes: number | undefined;
}

/** A model that is run on feature columns. */
export interface ColumnsPlan extends PlannedSession {
  readonly kind: 'columns';
  readonly inputs: readonly InputPlan[];
  /** `columns` is the width of the output; `classes` is empty for a regression. */
  readonly output: { readonly tensor: string; readonly columns: number; readonly classes: readonly string[] };
}

/** A model that is run on pictures, or on tiles of them; what its outputs mean is not asked here. */
export interface PicturesPlan extends PlannedSession {
  readonly kind: 'pictures';
  /** `shape` is that of one picture, without the axis of the batch. */
  readonly input: {
    readonly tensor: string;
    readonly shape: readonly number[];
    readonly type: 'float32' | 'uint8';
  };
  readonly outputs: readonly string[];
}

/** All a thread must know to open, warm and run one model version. */
export type SessionPlan = ColumnsPlan | PicturesPlan;

/** The values of one picture or tile, in the order of the input's axes. */
export type Tile = Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** `workerData` of a session thread. */
export interface ThreadSettings {
  readonly providers: readonly string[];
}

/** `session` is a number of its own for every session that is ever asked for. */
export type ToThread =
  | { readonly kind: 'close' }
  | { readonly kind: 'unload'; readonly session: number }
  | { readonly kind: 'load'; readonly id: number; readonly session: number; readonly plan: SessionPlan }
  | {
      readonly kind: 'run';
      readonly id: number;
      readonly session: number;
      readonly rows: number;
      /** In the order of the plan's inputs. */
      readonly tensors: readonly TensorValues[];
    }
  | {
      readonly kind: 'run-tiles';
      readonly id: number;
      readonly session: number;
      readonly tiles: readonly Tile[];
    };

/** A provider that was asked for and why it cannot be had. */
export interface RefusedProvider {
  readonly provider: string;
  readonly reason: string;
}

/** An output's values, row-major, `rows * columns` long and finite. */
export type OutputValues = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** `computeMs` is the time the thread spent on this call alone. */
export interface RunAnswer {
  readonly values: OutputValues;
  readonly computeMs: number;
}

/** An output as the model gave it: `data` is row-major, `dims[0]` the number of tiles. */
export interface OutputTensor {
  readonly dims: readonly number[];
  readonly data: OutputData;
}

export type OutputData =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

export interface TilesAnswer {
  /** In the order of the plan's outputs. */
  readonly outputs: readonly OutputTensor[];
  /** The tiles themselves: their memory is worth using again. */
  readonly tiles: readonly Tile[];
  readonly computeMs: number;
}

export interface LoadAnswer {
  /** Element types of the planned inputs, in their order. */
  readonly types: readonly ElementType[];
  /** Set when the session had to be made without the providers that work for others. */
  readonly fellBack: string | undefined;
  /** What the session is counted with: what resident memory grew by as it was opened and warmed, at least its file's size. */
  readonly bytes: number;
}

export type FromThread =
  | {
      readonly kind: 'ready';
      readonly providers: readonly string[];
      readonly refused: readonly RefusedProvider[];
    }
  | { readonly kind: 'loaded'; readonly id: number; readonly answer: LoadAnswer }
  | { readonly kind: 'ran'; readonly id: number; readonly answer: RunAnswer }
  | { readonly kind: 'ran-tiles'; readonly id: number; readonly answer: TilesAnswer }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

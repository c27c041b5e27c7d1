// What the main thread and a session thread say to each other; one message each way per call, answered in order.

/** The values of one input tensor, row-major; numbers travel as float64, so whole numbers stay exact to 2^53. */
export type TensorValues = Float64Array<ArrayBuffer> | string[];

/** One ONNX input and the features that fill its columns, in order. */
export interface InputPlan {
  readonly tensor: string;
  readonly features: readonly string[];
  readonly kind: 'numbers' | 'strings';
}

/** All a thread must know to open, warm and run one model version; `columns` is the width of the output. */
export interface SessionPlan {
  /** `name@version`. */
  readonly key: string;
  readonly onnxPath: string;
  readonly sha256: string;
  readonly inputs: readonly InputPlan[];
  readonly output: { readonly tensor: string; readonly columns: number };
}

/** One dummy batch a session runs before it counts as ready. */
export interface WarmUp {
  readonly rows: number;
  readonly tensors: readonly TensorValues[];
}

/** `workerData` of a session thread. */
export interface ThreadSettings {
  readonly providers: readonly string[];
  readonly intraOpNumThreads: number;
}

export type ThreadCall =
  | { readonly kind: 'load'; readonly plan: SessionPlan; readonly warmUps: readonly WarmUp[] }
  | {
      readonly kind: 'run';
      readonly key: string;
      readonly rows: number;
      /** In the order of the plan's inputs. */
      readonly tensors: readonly TensorValues[];
    };

export type ToThread = { readonly kind: 'close' } | { readonly id: number; readonly call: ThreadCall };

/** A provider that was asked for and why it cannot be had. */
export interface RefusedProvider {
  readonly provider: string;
  readonly reason: string;
}

/** `values` is row-major, `rows * columns` long and finite. */
export interface RunAnswer {
  readonly values: Float64Array<ArrayBuffer>;
  readonly computeMs: number;
}

export interface LoadAnswer {
  /** Set when the session had to be made without the providers that work for others. */
  readonly fellBack: string | undefined;
}

export type FromThread =
  | {
      readonly kind: 'ready';
      readonly providers: readonly string[];
      readonly refused: readonly RefusedProvider[];
    }
  | { readonly kind: 'loaded'; readonly id: number; readonly answer: LoadAnswer }
  | { readonly kind: 'ran'; readonly id: number; readonly answer: RunAnswer }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

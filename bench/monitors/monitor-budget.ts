// What the monitors of one model cost.

/** One monitor: per prediction, per evaluation, and the length of its snapshot. */
export interface MonitorCost {
  readonly monitor: string;
  readonly updateUs: number;
  readonly evaluateMs: number;
  readonly stateBytes: number;
}

interface Spread {
  readonly median: number;
  readonly most: number;
}

/** All monitors together on a model as it is shipped, and on one with many features. */
export interface MonitorBudget {
  readonly predictions: number;
  readonly labels: number;
  readonly features: number;
  /** Predictions a second through `update` of all monitors. */
  readonly perSecond: number;
  /** The baseline: predictions a second that can be read from a stream at all. */
  readonly decodePerSecond: number;
  readonly evaluationMs: Spread;
  /** JavaScript heap after a collection: after the warm-up, and at the end. */
  readonly memoryBytes: { readonly warm: number; readonly end: number };
  readonly monitors: readonly MonitorCost[];
  readonly wide: {
    readonly features: number;
    readonly evaluationMs: Spread;
    /** Of a batch that closes a window, when everything is judged. */
    readonly longestUpdateMs: number;
    readonly monitors: readonly MonitorCost[];
  };
}

// What every streaming drift detector is: it sees one value after another and says when they began to differ.

/** What a detector thinks after a value: `warning` is a drift that may be coming; not every detector warns. */
export type DriftState = 'stable' | 'warning' | 'drift';

/**
 * A detector in bounded memory. With `drift` it goes on to look for the next one: most begin afresh, ADWIN and KSWIN
 * keep what they take for the new part. A value that is not finite changes nothing and is `stable`.
 */
export interface DriftDetector {
  add(value: number): DriftState;
  /** All state as plain JSON. */
  snapshot(): unknown;
  /** Takes up the snapshot of a detector of the same kind and options, to continue identically; throws on another. */
  restore(state: unknown): void;
}

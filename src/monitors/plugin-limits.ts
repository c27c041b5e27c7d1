// How long and how much a plugin's thread may take.

/** All times in ms. */
export interface PluginLimits {
  /** An evaluation that is not answered by then is missing from its round; the other monitors wait no longer. */
  readonly answerMs: number;
  /** One call that lasts longer ends the thread. */
  readonly silentMs: number;
  /** Before the first new start; doubled with every end that follows soon, up to `maxPauseMs`. */
  readonly pauseMs: number;
  readonly maxPauseMs: number;
  /** A thread that lived longer than this is forgiven what came before. */
  readonly steadyMs: number;
  /** JavaScript heap of the thread; one that needs more is ended. Memory outside the heap (buffers) is not counted. */
  readonly heapMb: number;
  /** Rows that may wait for the thread; further events are dropped and counted. */
  readonly waitingRows: number;
}

/** For every plugin. */
export const PLUGIN_LIMITS: PluginLimits = {
  answerMs: 1000,
  silentMs: 10_000,
  pauseMs: 1000,
  maxPauseMs: 60_000,
  steadyMs: 60_000,
  heapMb: 256,
  waitingRows: 100_000,
};

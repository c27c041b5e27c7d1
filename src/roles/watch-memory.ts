// Watches the memory of a worker, which ONNX Runtime and the allocator do not give back in full: only a new process is small.
import type { Logger } from 'pino';

export interface WatchMemoryOptions {
  readonly limitBytes: number;
  /** Resident memory of this process, in bytes. */
  readonly rss: () => number;
  /**
   * Ends this process in good order, so that its supervisor starts it anew. False when it is not its turn: it is asked again.
   * Undefined where the process must stay; then passing the limit is said once.
   */
  readonly leave: (() => Promise<boolean>) | undefined;
  readonly log: Logger;
  readonly everyMs?: number;
}

// A limit that the process passes by holding its models alone would have it start anew for ever.
const LEAST_GROWTH = 1.5;

/** To be called when all that stays is loaded: what the process takes now is what a new one would take. */
export function watchMemory({ limitBytes, rss, leave, log, everyMs = 1000 }: WatchMemoryOptions): {
  readonly stop: () => void;
} {
  const least = LEAST_GROWTH * rss();
  const limit = Math.max(limitBytes, least);
  if (limit > limitBytes)
    log.warn({ limitBytes, usedInstead: limit }, 'WORKER_MEMORY_MB is too near to what the models take');
  let leaving = false;
  const check = async () => {
    const bytes = rss();
    if (leaving || bytes < limit) return;
    leaving = true;
    if (leave === undefined) {
      log.warn({ bytes, limit }, 'this process is large and stays, as it does more than work; restart it');
      return;
    }
    leaving = await leave().catch(() => false);
    if (leaving) log.warn({ bytes, limit }, 'this worker is large and ends, to be started anew');
  };
  const timer = setInterval(() => void check(), everyMs);
  return { stop: () => clearInterval(timer) };
}

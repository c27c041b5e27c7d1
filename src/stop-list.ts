// Remembers how to stop what was started, and does so backwards within one deadline.
import type { Logger } from 'pino';
import { within } from './time-limit.js';

export interface StopList {
  add: (name: string, stop: () => Promise<void>) => void;
  /** Stops everything once; a part that hangs or fails is logged and passed over, so that the rest still closes. */
  run(): Promise<void>;
}

// Even when the grace is used up every part gets a moment, or locks and child processes would stay behind.
const LEAST_MS = 1000;

export function createStopList({ graceMs, log }: { graceMs: number; log: Logger }): StopList {
  const parts: { name: string; stop: () => Promise<void> }[] = [];
  let running: Promise<void> | undefined;
  const stopOne = async (name: string, stop: () => Promise<void>, limitMs: number) => {
    await within(limitMs, Promise.resolve().then(stop), `not stopped within ${limitMs} ms`).catch(
      (err: unknown) => {
        log.warn({ err, part: name }, 'could not stop cleanly');
      },
    );
  };
  const stopAll = async () => {
    const startedAt = Date.now();
    const until = startedAt + graceMs;
    log.info('stopping');
    for (const { name, stop } of parts.reverse()) {
      await stopOne(name, stop, Math.max(LEAST_MS, until - Date.now()));
    }
    log.info({ ms: Date.now() - startedAt }, 'stopped');
  };
  return {
    add: (name, stop) => {
      // What is added after the end has begun came too late to run at all.
      if (running === undefined) parts.push({ name, stop });
      else running = running.then(() => stopOne(name, stop, LEAST_MS));
    },
    run: () => (running ??= stopAll()),
  };
}

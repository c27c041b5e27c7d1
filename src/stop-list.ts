// Remembers how to stop what was started, and does so backwards within one deadline.
import type { Logger } from 'pino';

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
  const stopAll = async () => {
    const until = Date.now() + graceMs;
    for (const { name, stop } of parts.reverse()) {
      await within(Math.max(LEAST_MS, until - Date.now()), stop()).catch((err: unknown) => {
        log.warn({ err, part: name }, 'could not stop cleanly');
      });
    }
  };
  return {
    add: (name, stop) => void parts.push({ name, stop }),
    run: () => (running ??= stopAll()),
  };
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not stopped within ${limitMs} ms`)), limitMs);
  });
  await Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

// Holds a lease and runs something for as long as it is held: takes it when it is free, renews it, yields it at the end.
import type { Logger } from 'pino';

/** `again`: it is to be started anew at once, the lease being held. */
export type WorkEnd = 'lease-lost' | 'again';

/** How to hold the lease, and what to do while it is held. */
export interface LeaseLoopOptions {
  /** Takes or renews the lease; false while another holds it. */
  readonly acquire: () => Promise<boolean>;
  readonly release: () => Promise<void>;
  readonly everyMs: number;
  /** Started when the lease is had; `onEnded` tells the loop that it ended by itself. */
  readonly start: (onEnded: (why: WorkEnd) => void) => Promise<{ stop(): Promise<void> }>;
  readonly onHeld: (held: boolean) => void;
  readonly log: Logger;
}

/** Tries at once and then every `everyMs`. While Redis is away the work goes on: only an answer can end it. */
export function startLeaseLoop(options: LeaseLoopOptions): { stop(): Promise<void> } {
  const { acquire, release, everyMs, start, onHeld, log } = options;
  let work: { stop(): Promise<void> } | undefined;
  let reported = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const report = (held: boolean) => {
    if (held !== reported) onHeld(held);
    reported = held;
  };
  const yieldWork = async () => {
    const ending = work;
    work = undefined;
    report(false);
    await ending?.stop();
  };
  const take = async () => {
    const started = await start((why) => {
      if (work === started) work = undefined;
      if (why === 'again') {
        if (timer !== undefined) wait(0);
        return;
      }
      log.warn('the lease was lost');
      report(false);
    });
    work = started;
    report(true);
  };
  const turn = async () => {
    let held: boolean;
    try {
      held = await acquire();
    } catch (error) {
      log.debug({ reason: String(error) }, 'the lease cannot be asked for now');
      return;
    }
    try {
      if (!held) await yieldWork();
      else if (work === undefined && !stopped) await take();
    } catch (error) {
      log.error({ err: error }, 'watching could not be started or ended');
    }
  };
  const run = async (): Promise<void> => {
    await turn();
    if (!stopped) wait(everyMs);
  };
  const wait = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      underWay = run();
    }, ms);
  };
  let underWay = run();

  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      timer = undefined;
      await underWay;
      await yieldWork();
      await release().catch((error: unknown) => {
        log.warn({ reason: String(error) }, 'the lease could not be given back; it runs out by itself');
      });
    },
  };
}

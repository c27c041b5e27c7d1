// Repeats a round of work at an interval, one at a time, through failures, until it is stopped or the lease is lost.
import type { Logger } from 'pino';

/** How soon the first round comes, and one that answered `soon`; at most the interval. */
export const SOON_MS = 250;

/** `soon`: not yet, ask again shortly; `lease-lost`: another has it, so that rounds are over. */
export type RoundOutcome = 'go-on' | 'soon' | 'lease-lost';

/** Starts the first round soon and the others every `everyMs`; a round that rejects is logged once per outage. */
export function startRounds({
  round,
  everyMs,
  log,
  onLeaseLost,
}: {
  readonly round: () => Promise<RoundOutcome>;
  readonly everyMs: number;
  readonly log: Logger;
  readonly onLeaseLost: () => void;
}): { stop(): Promise<void> } {
  const soonMs = Math.min(SOON_MS, everyMs);
  let stopped = false;
  let failing = false;
  let underWay: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;

  const attempt = async (): Promise<RoundOutcome> => {
    try {
      const outcome = await round();
      if (failing) log.info('monitoring goes on');
      failing = false;
      return outcome;
    } catch (error) {
      if (!failing) log.warn({ reason: String(error) }, 'a round of monitoring failed; it is tried again');
      failing = true;
      return 'go-on';
    }
  };
  const schedule = (afterMs: number) => {
    timer = setTimeout(() => {
      underWay = attempt().then((outcome) => {
        if (stopped) return;
        if (outcome !== 'lease-lost') {
          schedule(outcome === 'soon' ? soonMs : everyMs);
          return;
        }
        stopped = true;
        onLeaseLost();
      });
    }, afterMs);
  };
  schedule(soonMs);

  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return underWay;
    },
  };
}

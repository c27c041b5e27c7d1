// Shows a monitor what happens and asks it all the while what is bad.
import type { Evaluation, Monitor, MonitorEvent } from '../../../src/monitors/monitor.js';
import { timeOf } from '../../../src/monitors/replay-events.js';
import { create, feed, type Held } from './law.js';
import { expectSound, isBad } from './sound.js';

const SILENCE_MS = 600_000;

/** One monitor under watch. */
export interface BadWatch {
  readonly monitor: Monitor;
  /** The keys that were bad at some time while these events came; each with what the monitor is shown in its place. */
  see(events: readonly MonitorEvent[], shown?: readonly (readonly MonitorEvent[])[]): ReadonlySet<string>;
  /** Those that are bad after ten minutes without any event, for which a monitor of traffic waits. */
  afterSilence(): ReadonlySet<string>;
}

/** Asks every so many events, at the time of the last, and expects every answer to be sound. */
export function watchBad(held: Held, askedEvery: number): BadWatch {
  const monitor = create(held);
  let now = 0;
  const bad = (evaluation: Evaluation): string[] => {
    expectSound(held.definition, evaluation);
    return evaluation.findings.filter(isBad).map(({ key }) => key);
  };
  return {
    monitor,
    see: (events, shown = events.map((event) => [event])) => {
      const found = new Set<string>();
      for (const [i, event] of events.entries()) {
        feed(held, monitor, shown[i] ?? []);
        now = timeOf(event);
        if (i % askedEvery === askedEvery - 1) for (const key of bad(monitor.evaluate(now))) found.add(key);
      }
      return found;
    },
    afterSilence: () => new Set(bad(monitor.evaluate(now + SILENCE_MS))),
  };
}

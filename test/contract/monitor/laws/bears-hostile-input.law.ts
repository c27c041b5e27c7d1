// The laws of hostile input: it hurts no monitor, and blinds none to what goes wrong in the rest of the data.
import { expect } from 'vitest';
import type { MonitorEvent } from '../../../../src/monitors/monitor.js';
import type { HostileInput } from '../../../support/model-traffic/model-traffic.js';
import { create, type Held, type Law } from '../law.js';
import { endOf } from '../ordinary.js';
import { watchBad, type BadWatch } from '../watch-bad.js';

/** Of the ordinary events so many are left as they are, and so many become hostile; the rest is left out. */
const QUIET_PART = 0.2;
const HOSTILE_PART = 0.55;
/** While all goes wrong every so many events are followed by a hostile one. */
const EVERY = 8;
const ASKED_EVERY = 50;

/** One for each hostile input of the traffic. */
export function bearsHostileInput(held: Held): Law[] {
  let clean: readonly string[] | undefined;
  return held.traffic.hostile.map((input) => ({
    says: `bears ${input.name}${input.mayBlind === undefined ? ', and finds beside it what it finds without' : ''}`,
    check: () => {
      const { monitor, found } = watchStory(held, input);
      clean ??= watchStory(held, AS_IT_IS).found;
      expect(clean.length).toBeGreaterThan(0);
      if (input.mayBlind === undefined) expect(clean.filter((key) => !found.includes(key))).toEqual([]);

      // A state that was hurt would be kept.
      const now = endOf(held.traffic.shift().wrong);
      const next = create(held);
      next.restore(JSON.parse(JSON.stringify(monitor.snapshot())));
      expect(next.evaluate(now)).toEqual(monitor.evaluate(now));
    },
  }));
}

const AS_IT_IS: HostileInput = { name: 'nothing', spoil: (event) => event };

/** Ordinary traffic, then hostile traffic alone, then wrong traffic with hostile events in it: what is bad in the last part. */
function watchStory(
  held: Held,
  { spoil }: HostileInput,
): { readonly monitor: BadWatch['monitor']; readonly found: readonly string[] } {
  const { ordinary, wrong } = held.traffic.shift();
  const part = (from: number, to: number) => ordinary.slice(ordinary.length * from, ordinary.length * to);
  const watch = watchBad(held, ASKED_EVERY);
  watch.see(part(0, QUIET_PART));
  const hostile = part(QUIET_PART, QUIET_PART + HOSTILE_PART);
  watch.see(
    hostile,
    hostile.map((event, i) => [spoil(event, i)]),
  );
  const found = watch.see(
    wrong,
    wrong.map((event, i): MonitorEvent[] => (i % EVERY === 0 ? [event, spoil(event, i)] : [event])),
  );
  return { monitor: watch.monitor, found: [...new Set([...found, ...watch.afterSilence()])] };
}

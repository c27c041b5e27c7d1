// The law of events that are not as they should be, one by one.
import { expect } from 'vitest';
import type { Monitor } from '../../../../src/monitors/monitor.js';
import { START_MS } from '../../../support/model-traffic/timing.js';
import { create, feed, type Held, type Law } from '../law.js';
import { endOf, ORDINARY_BATCHES } from '../ordinary.js';
import { expectSound } from '../sound.js';

/** Also of kinds it did not ask for; before anything else came, one by one, and behind ordinary traffic. */
export const bearsOddEvents: Law = {
  says: 'bears odd events and failed rows, can be restored after them, and leaves every event as it was',
  check: (held) => {
    const { definition, traffic } = held;
    const fresh = create(held);
    for (const event of traffic.odd) {
      const before = JSON.stringify(event);
      fresh.update([event]);
      expectSound(definition, fresh.evaluate(START_MS + 1000));
      expect(JSON.stringify(event)).toBe(before);
    }
    expectRestorable(held, fresh, START_MS + 1000);

    const ordinary = traffic.ordinary(ORDINARY_BATCHES);
    const busy = create(held);
    feed(held, busy, ordinary);
    for (const event of traffic.odd) busy.update([event]);
    expectSound(definition, busy.evaluate(endOf(ordinary)));
    expectRestorable(held, busy, endOf(ordinary));
  },
};

function expectRestorable(held: Held, monitor: Monitor, now: number): void {
  const next = create(held);
  next.restore(JSON.parse(JSON.stringify(monitor.snapshot())));
  expect(next.evaluate(now)).toEqual(monitor.evaluate(now));
}

// The law of monitors that can be split over processes.
import { expect } from 'vitest';
import { create, feed, type Law } from '../law.js';
import { endOf, ORDINARY_BATCHES } from '../ordinary.js';
import { expectVerdict } from '../sound.js';

/** Each part has whole events, every third and the rest, so that no part is like the other. */
export const merges: Law = {
  says: 'sees in two parts, merged in either order, what it sees in the whole',
  concerns: (held) => create(held).merge !== undefined,
  check: (held) => {
    const events = held.traffic.ordinary(ORDINARY_BATCHES);
    const of = (seen: typeof events) => {
      const monitor = create(held);
      feed(held, monitor, seen);
      return monitor;
    };
    const thirds = () => of(events.filter((_, i) => i % 3 === 0));
    const rest = () => of(events.filter((_, i) => i % 3 !== 0));
    const expected = of(events).evaluate(endOf(events));
    expectVerdict(expected);
    for (const [first, second] of [
      [thirds(), rest()],
      [rest(), thirds()],
      [of(events), create(held)],
      [create(held), of(events)],
    ] as const) {
      const kept = JSON.stringify(second.snapshot());
      first.merge?.(second);
      expect(first.evaluate(endOf(events))).toEqual(expected);
      // Who is merged in may live on.
      expect(JSON.stringify(second.snapshot())).toBe(kept);
    }
  },
};

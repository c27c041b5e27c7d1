// The law of what a monitor may depend on.
import { expect } from 'vitest';
import { timeOf } from '../../../../src/monitors/replay-events.js';
import { create, feed, type Law } from '../law.js';
import { endOf, ORDINARY_BATCHES } from '../ordinary.js';
import { expectVerdict } from '../sound.js';

/** Nor does it change what it is given: others are given the same. */
export const dependsOnEvents: Law = {
  says: 'depends on the events and the time alone: not on how they were cut, nor on evaluations between',
  check: (held) => {
    const events = held.traffic.ordinary(ORDINARY_BATCHES);
    const before = JSON.stringify(events);
    const [one, other] = [create(held), create(held)];
    feed(held, one, events, 1);
    for (let i = 0; i < events.length; i += 50) {
      const part = events.slice(i, i + 50);
      feed(held, other, part, 50);
      for (const event of part.slice(0, 1)) other.evaluate(timeOf(event));
    }
    const expected = one.evaluate(endOf(events));
    expectVerdict(expected);
    expect(other.evaluate(endOf(events))).toEqual(expected);
    expect(one.evaluate(endOf(events))).toEqual(expected);
    expect(JSON.stringify(events)).toBe(before);
  },
};

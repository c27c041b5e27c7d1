// The law of snapshots: whoever is stopped and restored is as if it had never stopped.
import { expect } from 'vitest';
import type { Monitor } from '../../../../src/monitors/monitor.js';
import { createRandom } from '../../../../src/training/random.js';
import { timeOf } from '../../../../src/monitors/replay-events.js';
import { create, feed, type Held, type Law } from '../law.js';
import { endOf, ORDINARY_BATCHES } from '../ordinary.js';
import { expectVerdict } from '../sound.js';

const STOPS = 12;

/** One monitor is never stopped, one again and again; at every stop, and after the last, both say and hold the same. */
export const survivesRestarts: Law = {
  says: 'continues from a snapshot, at whatever moment, as if it had never stopped',
  check: (held) => {
    const events = held.traffic.ordinary(ORDINARY_BATCHES);
    const random = createRandom(3);
    // Right at the beginning too, when there is nothing to save.
    const stops = [0, ...Array.from({ length: STOPS }, () => random.integer(events.length))];
    const uncut = create(held);
    let restarted = create(held);
    for (const [i, event] of events.entries()) {
      if (stops.includes(i)) {
        restarted = restart(held, restarted, uncut);
        expectSame(restarted, uncut, timeOf(event), `after ${i} of ${events.length} events`);
      }
      feed(held, uncut, [event]);
      feed(held, restarted, [event]);
    }
    restarted = restart(held, restarted, uncut);
    expectVerdict(expectSame(restarted, uncut, endOf(events), 'at the end'));
  },
};

/** Through the text in which states are kept, which is the same for both. */
function restart(held: Held, stopped: Monitor, uncut: Monitor): Monitor {
  const state = JSON.stringify(stopped.snapshot());
  expect(state).toBe(JSON.stringify(uncut.snapshot()));
  const restored = create(held);
  restored.restore(JSON.parse(state));
  expect(JSON.stringify(restored.snapshot())).toBe(state);
  return restored;
}

function expectSame(one: Monitor, other: Monitor, now: number, when: string) {
  const evaluation = one.evaluate(now);
  expect(evaluation, when).toEqual(other.evaluate(now));
  return evaluation;
}

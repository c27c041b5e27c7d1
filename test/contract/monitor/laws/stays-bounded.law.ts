// The law of how large a monitor may become.
import { expect } from 'vitest';
import { timeOf } from '../../../../src/monitors/replay-events.js';
import { create, feed, type Law } from '../law.js';
import { expectSound, expectVerdict } from '../sound.js';

/** Whatever is new in every event: labels, categories, hosts. */
export const staysBounded: Law = {
  says: 'keeps a bounded state, however much comes and whatever labels it carries',
  check: (held) => {
    const monitor = create(held);
    let now = 0;
    for (const event of held.traffic.crowd()) {
      feed(held, monitor, [event]);
      now = Math.max(now, timeOf(event));
    }
    expect(JSON.stringify(monitor.snapshot()).length).toBeLessThan(held.maxSnapshotBytes);
    const evaluation = monitor.evaluate(now);
    expectSound(held.definition, evaluation);
    expectVerdict(evaluation);
  },
};

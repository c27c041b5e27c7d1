// The law of what a monitor says of an ordinary day.
import { create, feed, type Law } from '../law.js';
import { endOf, ORDINARY_BATCHES } from '../ordinary.js';
import { expectSound, expectVerdict } from '../sound.js';

/** Without it the others might be kept by a monitor that watches nothing. */
export const judgesOrdinary: Law = {
  says: 'comes to a verdict on ordinary traffic, in sound values under declared names',
  check: (held) => {
    const { traffic, definition } = held;
    const events = traffic.ordinary(ORDINARY_BATCHES);
    const monitor = create(held);
    feed(held, monitor, events);
    const evaluation = monitor.evaluate(endOf(events));
    expectSound(definition, evaluation);
    expectVerdict(evaluation);

    const without = create(held, traffic.bare);
    feed(held, without, events);
    expectSound(definition, without.evaluate(endOf(events)));
  },
};

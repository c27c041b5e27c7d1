// The law of what a monitor is for.
import { expect } from 'vitest';
import type { Law } from '../law.js';
import { watchBad } from '../watch-bad.js';

const ASKED_EVERY = 20;

/** Quiet first, over a good minute and a half of being asked again and again; then everything is wrong. */
export const tellsShift: Law = {
  says: 'finds nothing bad in ordinary traffic, however often it is asked, and something when all goes wrong',
  check: (held) => {
    const { ordinary, wrong } = held.traffic.shift();
    const watch = watchBad(held, ASKED_EVERY);
    expect([...watch.see(ordinary)]).toEqual([]);
    const found = new Set([...watch.see(wrong), ...watch.afterSilence()]);
    expect(found.size).toBeGreaterThan(0);
  },
};

// The law of what a monitor says that saw nothing.
import { expect } from 'vitest';
import { create, type Law } from '../law.js';
import { expectSound } from '../sound.js';
import { START_MS } from '../../../support/model-traffic/timing.js';

/** For what has a reference and for what has none. */
export const beginsEmpty: Law = {
  says: 'says no-data, and no number that is none, before anything came',
  check: (held) => {
    const { subject, bare } = held.traffic;
    for (const watched of [subject, bare]) {
      const evaluation = create(held, watched).evaluate(START_MS);
      expectSound(held.definition, evaluation);
      expect(evaluation.window).toEqual({ from: null, to: null, n: 0 });
      expect(new Set(evaluation.findings.map(({ status }) => status))).toEqual(new Set(['no-data']));
    }
  },
};

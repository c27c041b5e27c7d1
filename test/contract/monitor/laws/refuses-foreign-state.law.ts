// The law of states that are none.
import { expect } from 'vitest';
import { create, type Law } from '../law.js';

/** The host then starts it afresh, and says so. */
export const refusesForeignState: Law = {
  says: 'refuses a state that is not its own',
  check: (held) => {
    for (const state of [null, 7, 'state', [], { nothing: 'of its own' }])
      expect(() => {
        create(held).restore(state);
      }, JSON.stringify(state)).toThrow();
  },
};

// For how long a firing alert may go without a word, so that who holds it open knows when to give it up.
import type { PolicyOf } from './plan-policies.js';
import { NEVER_MS, RETRAINING } from './retraining.js';

/** By model and monitor, the longest time in ms between two words of an alert that goes on firing. */
export function createLongestPauseOf(policyOf: PolicyOf): (model: string, monitor: string) => number {
  return (model, monitor) => {
    if (monitor === RETRAINING) return NEVER_MS;
    const { repeatMs, flapCount, flapWindowMs } = policyOf(model, monitor);
    // One that flaps is not repeated until it has not fired so often for a window.
    return flapCount === 0 ? repeatMs : Math.max(repeatMs, flapWindowMs);
  };
}

// Whether an alert comes and goes too often to be told of each time.
import type { AlertRecord } from './alert-record.js';
import type { AlertPolicy } from './policy.js';

/** What people read once, when it is found to flap. */
export const FLAPPING = 'It comes and goes; it stays firing until it has been ok for a while.';

/** Of the times at which it fired, those that still count; none where flapping is not looked for. */
export function firedLately(times: readonly number[], at: number, policy: AlertPolicy): number[] {
  return policy.flapCount === 0 ? [] : times.filter((time) => at - time < policy.flapWindowMs);
}

/** True when it fired more than `flapCount` times in the last `flapWindowMs`. */
export function isFlapping({ firedTimes }: AlertRecord, at: number, policy: AlertPolicy): boolean {
  return policy.flapCount > 0 && firedLately(firedTimes, at, policy).length > policy.flapCount;
}

// The data the ventilation model is made of: readings of simulated rooms at any hour of any season.
import type { Instance } from '../../src/training/instance.js';
import { createRandom } from '../../src/training/random.js';
import { stratifiedSplit, type Split } from '../../src/training/split.js';
import { anyMoment, readRoom } from './simulation.js';

export const SEED = 20_240_602;

/** 16,000 readings, each of another room and moment. */
export function simulateReadings(): Instance[] {
  const random = createRandom(SEED);
  return Array.from({ length: 16_000 }, () => readRoom(random, anyMoment(random)));
}

/** Three quarters to learn from, a quarter held out. */
export function splitReadings(): Split {
  return stratifiedSplit(simulateReadings(), 0.25, createRandom(SEED + 1));
}

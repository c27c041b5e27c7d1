// Live traffic for the ventilation model: readings from rooms all over the world.
import { createRandom } from '../../src/training/random.js';
import type { Traffic } from '../../src/training/traffic.js';
import { anyMoment, readRoom } from './simulation.js';

/**
 * Each reading comes from another room, and the rooms lie in every time zone and on both hemispheres. So at any moment
 * the stream holds every local hour and season, and steady traffic looks like the data the model was trained on.
 */
export function createTraffic(seed: number): Traffic {
  const random = createRandom(seed);
  return () => readRoom(random, anyMoment(random));
}

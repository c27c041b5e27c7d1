// When ventilation should be on: the truth the classifier learns.
import type { Random } from '../../src/training/random.js';
import { ROOM_KINDS, type RoomType } from './rooms.js';

/** The air of a room as it is, before any sensor reads it. */
export interface Air {
  readonly pm2_5: number;
  readonly pm10: number;
  readonly co2: number;
  readonly tvoc: number;
  readonly temperature: number;
  readonly humidity: number;
  readonly occupancy: number;
}

/** Share of labels that say the opposite, as when somebody overrode the switch. */
const MISTAKES = 0.01;

/** `on` when some quantity exceeds its limit for this kind of room; an empty room may be a quarter worse before it matters. */
export function ventilationTruth(random: Random, roomType: RoomType, air: Air): 'on' | 'off' {
  const { limits } = ROOM_KINDS[roomType];
  const patience = air.occupancy === 0 ? 1.25 : 1;
  const need =
    air.pm2_5 > limits.pm2_5 * patience ||
    air.pm10 > limits.pm10 * patience ||
    air.co2 > limits.co2 * patience ||
    air.tvoc > limits.tvoc * patience ||
    air.humidity > limits.humidity * patience ||
    // Nobody minds the heat of an empty room.
    (air.occupancy > 0 && air.temperature > limits.temperature);
  return need !== random.chance(MISTAKES) ? 'on' : 'off';
}

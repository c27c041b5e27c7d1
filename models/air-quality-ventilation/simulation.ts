// Simulates what the sensors of a room read, from how the room is used, the hour and the season.
import type { Random } from '../../src/training/random.js';
import { roundTo } from '../../src/training/rounding.js';
import type { Instance } from '../../src/training/instance.js';
import { ROOM_KINDS, ROOM_TYPES, seatsTaken, type RoomKind, type RoomType } from './rooms.js';
import { ventilationTruth, type Air } from './ventilation-rule.js';

/** A moment in the life of one room. */
export interface Moment {
  /** Local hour, 0 to 24. */
  readonly hour: number;
  /** Place in the local year: 0 and 1 are midwinter, 0.5 is midsummer. */
  readonly season: number;
  readonly dayOff: boolean;
}

/** Any hour of any season, two days off in seven. */
export function anyMoment(random: Random): Moment {
  return { hour: random.uniform(0, 24), season: random.uniform(), dayOff: random.chance(2 / 7) };
}

/** One reading of a randomly drawn room at this moment: the eight features and whether its ventilation should be on. */
export function readRoom(random: Random, moment: Moment): Instance {
  const roomType = random.choice(
    ROOM_TYPES,
    ROOM_TYPES.map((type) => ROOM_KINDS[type].share),
  );
  const air = simulateAir(random, roomType, moment);
  return {
    features: { ...measure(random, air), room_type: roomType },
    truth: ventilationTruth(random, roomType, air),
  };
}

function simulateAir(random: Random, roomType: RoomType, moment: Moment): Air {
  const kind = ROOM_KINDS[roomType];
  const outdoor = simulateOutdoors(random, moment);
  const [fewest, most] = kind.seats;
  const seats = fewest + random.integer(most - fewest + 1);
  const presence = seatsTaken(kind, moment.hour, moment.dayOff);
  const occupancy = countPeople(random, seats, presence);
  const activity = simulateActivity(random, roomType, occupancy);
  const airChanges = logNormal(random, kind.airChanges, 0.35);

  const pm2_5 = outdoor.pm2_5 * random.uniform(0.35, 0.75) + activity.pm2_5 + logNormal(random, 1.2, 0.4);
  return {
    occupancy,
    pm2_5,
    // Coarse dust is stirred up by people and tools; the finer particles are part of pm10.
    pm10: pm2_5 * random.uniform(1.15, 1.4) + activity.coarse + 0.45 * occupancy + logNormal(random, 3, 0.5),
    co2: outdoor.co2 + exhaledCo2(random, kind, seats, occupancy, airChanges) + activity.co2,
    tvoc: logNormal(random, 85, 0.4) + 4 * occupancy + activity.tvoc,
    temperature: indoorTemperature(random, outdoor.temperature, seats, occupancy) + activity.heat,
    humidity: Math.min(
      98,
      Math.max(
        8,
        44 +
          9 * outdoor.summer +
          (8 * occupancy) / seats / airChanges +
          activity.humidity +
          random.normal(0, 5),
      ),
    ),
  };
}

interface Outdoors {
  /** From -1 in midwinter to 1 in midsummer. */
  readonly summer: number;
  readonly temperature: number;
  readonly pm2_5: number;
  readonly co2: number;
}

// Straight waves instead of sines: warmest at 15:00 and in midsummer. Heating makes winter air the dustier.
function simulateOutdoors(random: Random, { hour, season }: Moment): Outdoors {
  const summer = 1 - 4 * Math.abs(season - 0.5);
  const fromNoon = Math.abs(((hour - 3 + 24) % 24) - 12) / 12;
  return {
    summer,
    temperature: 12 + 10 * summer + 4 * (1 - 2 * fromNoon) + random.normal(0, 3.5),
    pm2_5: logNormal(random, 9 - 2.5 * summer, 0.5),
    co2: 425 + random.normal(0, 8),
  };
}

// Each seat is taken or not by itself; one room in eight stands empty during its hours.
function countPeople(random: Random, seats: number, presence: number): number {
  if (presence === 0 || random.chance(0.125)) return 0;
  let people = 0;
  for (let seat = 0; seat < seats; seat++) if (random.chance(presence)) people++;
  return people;
}

interface Activity {
  readonly pm2_5: number;
  readonly coarse: number;
  readonly co2: number;
  readonly tvoc: number;
  readonly heat: number;
  readonly humidity: number;
}

const NOTHING: Activity = { pm2_5: 0, coarse: 0, co2: 0, tvoc: 0, heat: 0, humidity: 0 };

// Cooking, machining and solvents happen only where someone is; cleaning agents may linger anywhere.
function simulateActivity(random: Random, roomType: RoomType, occupancy: number): Activity {
  if (roomType === 'kitchen' && occupancy > 0 && random.chance(0.8)) {
    const strength = logNormal(random, 1, 0.4);
    return {
      pm2_5: 42 * strength,
      coarse: 12 * strength,
      co2: 180 * strength,
      tvoc: 230 * strength,
      heat: 2.2 * strength,
      humidity: 13 * strength,
    };
  }
  if (roomType === 'workshop' && occupancy > 0) {
    const machining = random.chance(0.5) ? logNormal(random, 1, 0.5) : 0;
    const solvents = random.chance(0.4) ? logNormal(random, 1, 0.5) : 0;
    return {
      ...NOTHING,
      pm2_5: 26 * machining,
      coarse: 85 * machining,
      tvoc: 750 * solvents,
      heat: machining,
    };
  }
  if (random.chance(0.04)) return { ...NOTHING, tvoc: logNormal(random, 550, 0.4) };
  return NOTHING;
}

// A sitting person exhales about 18 litres of CO2 an hour; air that is renewed k times an hour settles at n * 18 L / (k V),
// and how close it has come depends on how long people have been in.
function exhaledCo2(
  random: Random,
  kind: RoomKind,
  seats: number,
  occupancy: number,
  airChanges: number,
): number {
  const litresPerHour = 18 * random.normal(1, 0.06) * occupancy;
  const settled = (litresPerHour * 1000) / (airChanges * kind.volumePerSeat * seats);
  const lingering = occupancy === 0 && random.chance(0.15) ? random.uniform(20, 350) : 0;
  return Math.min(4000, settled * random.uniform(0.5, 1) + lingering);
}

// Heating holds a room near 21 degrees; summer heat comes in, and every person warms it a little.
function indoorTemperature(random: Random, outdoors: number, seats: number, occupancy: number): number {
  const summerHeat = Math.max(0, outdoors - 18) * random.uniform(0.25, 0.65);
  return 20.6 + 0.05 * (outdoors - 12) + summerHeat + (1.6 * occupancy) / seats + random.normal(0, 0.9);
}

// Sensor noise and resolution of common indoor air monitors.
function measure(random: Random, air: Air): Record<keyof Air, number> {
  const within = (value: number, min: number, max: number, decimals: number): number =>
    roundTo(Math.min(max, Math.max(min, value)), decimals);
  const pm2_5 = within(air.pm2_5 * random.normal(1, 0.03) + random.normal(0, 0.3), 0, 500, 1);
  return {
    pm2_5,
    pm10: within(Math.max(pm2_5, air.pm10 * random.normal(1, 0.03) + random.normal(0, 0.5)), 0, 1000, 1),
    co2: within(air.co2 + random.normal(0, 12), 350, 5000, 0),
    tvoc: within(air.tvoc * random.normal(1, 0.03), 0, 5000, 0),
    temperature: within(air.temperature + random.normal(0, 0.1), -10, 50, 1),
    humidity: within(air.humidity + random.normal(0, 0.7), 0, 100, 0),
    occupancy: air.occupancy,
  };
}

function logNormal(random: Random, median: number, sigma: number): number {
  return median * Math.exp(random.normal(0, sigma));
}

// The four kinds of room: how many people use them and when, how fast their air is renewed, and what air they may have.

export const ROOM_TYPES = ['office', 'classroom', 'kitchen', 'workshop'] as const;
export type RoomType = (typeof ROOM_TYPES)[number];

/** Above one of these a room is to be ventilated. */
interface AirLimits {
  readonly pm2_5: number;
  readonly pm10: number;
  readonly co2: number;
  readonly tvoc: number;
  readonly temperature: number;
  readonly humidity: number;
}

export interface RoomKind {
  /** How many of all rooms are of this kind; the shares sum to 1. */
  readonly share: number;
  /** Fewest and most people a room of this kind is made for. */
  readonly seats: readonly [number, number];
  /** Cubic metres of air per seat. */
  readonly volumePerSeat: number;
  /** Median air changes per hour while the ventilation is off: leaks, doors and windows. */
  readonly airChanges: number;
  /** Corners `[hour, share of seats taken]` of a working day, joined by straight lines. */
  readonly workingDay: readonly (readonly [number, number])[];
  /** How much of a working day's use is left on a day off. */
  readonly dayOffUse: number;
  readonly limits: AirLimits;
}

export const ROOM_KINDS: Readonly<Record<RoomType, RoomKind>> = {
  office: {
    share: 0.35,
    seats: [2, 14],
    volumePerSeat: 24,
    airChanges: 0.6,
    workingDay: [
      [0, 0],
      [7, 0],
      [9, 0.75],
      [12, 0.8],
      [13, 0.35],
      [14, 0.75],
      [17, 0.65],
      [19, 0.1],
      [21, 0],
      [24, 0],
    ],
    dayOffUse: 0.08,
    limits: { pm2_5: 20, pm10: 45, co2: 1000, tvoc: 400, temperature: 26, humidity: 65 },
  },
  classroom: {
    share: 0.3,
    seats: [16, 34],
    volumePerSeat: 8,
    airChanges: 1.3,
    workingDay: [
      [0, 0],
      [7, 0],
      [8, 0.85],
      [12, 0.85],
      [12.5, 0.2],
      [13.5, 0.8],
      [16, 0.6],
      [17, 0.05],
      [18, 0],
      [24, 0],
    ],
    dayOffUse: 0.03,
    limits: { pm2_5: 20, pm10: 50, co2: 1000, tvoc: 400, temperature: 26, humidity: 65 },
  },
  kitchen: {
    share: 0.15,
    seats: [2, 8],
    volumePerSeat: 14,
    airChanges: 1.2,
    workingDay: [
      [0, 0],
      [6, 0.05],
      [7.5, 0.5],
      [9, 0.15],
      [12, 0.65],
      [14, 0.15],
      [17, 0.3],
      [19, 0.7],
      [21, 0.2],
      [24, 0],
    ],
    dayOffUse: 0.7,
    limits: { pm2_5: 30, pm10: 60, co2: 1200, tvoc: 500, temperature: 28, humidity: 72 },
  },
  workshop: {
    share: 0.2,
    seats: [3, 12],
    volumePerSeat: 40,
    airChanges: 1.2,
    workingDay: [
      [0, 0],
      [6, 0],
      [7, 0.7],
      [12, 0.75],
      [12.5, 0.2],
      [13, 0.7],
      [16, 0.6],
      [17.5, 0.05],
      [19, 0],
      [24, 0],
    ],
    dayOffUse: 0.1,
    limits: { pm2_5: 35, pm10: 80, co2: 1200, tvoc: 600, temperature: 28, humidity: 70 },
  },
};

/** Share of a room's seats that are taken at this local hour (0 to 24). */
export function seatsTaken(kind: RoomKind, hour: number, dayOff: boolean): number {
  const corners = kind.workingDay;
  const next = Math.max(
    1,
    corners.findIndex(([at]) => at >= hour),
  );
  const [fromHour, from] = corners[next - 1] ?? [0, 0];
  const [toHour, to] = corners[next] ?? [24, 0];
  const share = from + ((to - from) * (hour - fromHour)) / (toHour - fromHour);
  return dayOff ? share * kind.dayOffUse : share;
}

// One resource: what is used of it, against its limit, at present, over a window and over hours.
import { z } from 'zod';
import { forecast, type Forecast } from './forecast.js';
import { createHeldLevel } from './held-level.js';
import { createTrendSeries, type TrendPoint } from './trend-series.js';

const stateSchema = z.strictObject({
  latest: z.strictObject({ at: z.number(), used: z.number(), limit: z.number() }).nullable(),
  level: z.unknown(),
  trend: z.unknown(),
});

// Beyond these, times are none and sums are no longer numbers.
const LAST_MS = 8.64e15;
const MOST = 1e18;

/** How far to look back, in ms, and how the points of a course are made; without a course there is no forecast. */
export interface ResourceCourse {
  readonly windowMs: number;
  readonly trend?: { readonly spanMs: number; readonly keep: 'least' | 'mean' };
}

/** A resource at one moment, all in its own unit. */
export interface Reading {
  readonly used: number;
  readonly limit: number;
  /** Used for most of the window; undefined while too little of the window has been seen. */
  readonly level: number | undefined;
  readonly forecast: Forecast | undefined;
  readonly n: number;
  readonly from: number | null;
  readonly to: number;
}

export interface WatchedResource {
  /** `used` of `limit` at `at` (epoch ms); ignored when one of them is no sound number or the limit is not positive. */
  add(at: number, used: number, limit: number): void;
  /** Undefined before anything came. */
  read(now: number): Reading | undefined;
  snapshot(): unknown;
  restore(state: unknown): void;
}

export function createWatchedResource({ windowMs, trend }: ResourceCourse): WatchedResource {
  const level = createHeldLevel(windowMs);
  const course = trend && createTrendSeries(trend.spanMs, trend.keep);
  let latest: { readonly at: number; readonly used: number; readonly limit: number } | null = null;
  // Hundreds of slopes are sorted for it, and a point is complete once in minutes.
  let made: { points: readonly TrendPoint[]; limit: number; forecast: Forecast | undefined } | undefined;
  const outlook = (limit: number) => {
    const points = course?.points() ?? [];
    if (made?.points !== points || made.limit !== limit)
      made = { points, limit, forecast: forecast(points, limit) };
    return made.forecast;
  };
  return {
    add: (at, used, limit) => {
      const isSound = Math.abs(at) <= LAST_MS && Math.abs(used) <= MOST && limit > 0 && limit <= MOST;
      if (!isSound) return;
      level.add(at, used);
      course?.add(at, used);
      if (latest === null || at >= latest.at) latest = { at, used, limit };
    },
    read: (now) => {
      if (latest === null) return undefined;
      const { at, used, limit } = latest;
      return { used, limit, level: level.level(now), forecast: outlook(limit), ...level.held(now), to: at };
    },
    snapshot: () => ({ latest, level: level.snapshot(), trend: course?.snapshot() ?? null }),
    restore: (state) => {
      const held = stateSchema.parse(state);
      level.restore(held.level);
      course?.restore(held.trend);
      ({ latest } = held);
    },
  };
}

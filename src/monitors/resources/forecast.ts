// When a course that grows reaches its limit, for growth that is steady, significant and does not settle.
import { theilSen } from '../statistics/theil-sen.js';
import type { TrendPoint } from './trend-series.js';

/** When the limit is reached, epoch ms, and the trend that says so. */
export interface Forecast {
  readonly reachesAt: number;
  readonly slopePerHour: number;
  /** Ends of the slope's interval at about 99 %. */
  readonly low: number;
  readonly high: number;
  /** The course it rests on. */
  readonly points: number;
  readonly hours: number;
}

const HOUR_MS = 3_600_000;
const LEAST_POINTS = 15;
const LEAST_HOURS = 0.5;
// A leak may begin late in a long course: its halves and quarters are looked at too.
const PARTS = [1, 2, 4];
// Of the growth a fifth of the course would have if all were alike; less is a step or a pause, not a trend.
const LEAST_OF_FIFTH = 0.25;

/**
 * Undefined where no end is in sight: the course is shorter than half an hour or 15 points, does not grow steadily, settles below
 * the limit, or reaches it later than as many hours ahead as were looked back. Three views, each of one point less, vote by their
 * median, so that one odd point neither raises nor ends a forecast.
 */
export function forecast(points: readonly TrendPoint[], limit: number): Forecast | undefined {
  const views = [0, 1, 2].flatMap((back) => lookAtParts(points.slice(0, points.length - back), limit) ?? []);
  const [first] = views;
  if (first === undefined || views.length < 2) return undefined;
  const times = views.map(({ reachesAt }) => reachesAt).sort((a, b) => a - b);
  return { ...first, reachesAt: times[1] ?? first.reachesAt };
}

/** The soonest end that the course, its last half or its last quarter foretells. */
function lookAtParts(points: readonly TrendPoint[], limit: number): Forecast | undefined {
  return PARTS.flatMap((part) => look(points.slice(-Math.ceil(points.length / part)), limit) ?? []).sort(
    (a, b) => a.reachesAt - b.reachesAt,
  )[0];
}

function look(points: readonly TrendPoint[], limit: number): Forecast | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < LEAST_POINTS) return undefined;
  const hours = (last.at - first.at) / HOUR_MS;
  const medians = medianOfFifths(points);
  const growth = medians.slice(1).map((median, i) => median - (medians[i] ?? median));
  // Before the line, which is dear: most courses do not grow.
  if (hours < LEAST_HOURS || growth.some((one) => one <= 0)) return undefined;
  const line = theilSen(
    points.map(({ at }) => (at - first.at) / HOUR_MS),
    points.map(({ value }) => value),
  );
  if (line === undefined) return undefined;
  const { slope, low, high } = line;
  const fifth = hours / 5;
  if (growth.some((one) => one < LEAST_OF_FIFTH * slope * fifth)) return undefined;
  const step = Math.min(low * fifth, growth.at(-1) ?? 0);
  const end = (medians.at(-1) ?? 0) + step / 2;
  const hoursLeft = fifth * stepsUntil(limit - end, step, slowingOf(growth));
  if (!(hoursLeft <= hours)) return undefined;
  const reachesAt = last.at + hoursLeft * HOUR_MS;
  return { reachesAt, slopePerHour: slope, low, high, points: points.length, hours };
}

/**
 * By which factor growth becomes less from fifth to fifth, 1 where it does not. What slows down is taken to go on slowing down, as
 * memory does that settles after a start.
 */
function slowingOf(growth: readonly number[]): number {
  const before = growth.slice(0, -1);
  const mean = before.reduce((sum, one) => sum + one, 0) / before.length;
  // The middle of what was before lies two fifths back.
  return Math.min(1, Math.sqrt((growth.at(-1) ?? 0) / mean));
}

/** After how many steps a sum of `step * factor^k`, k from 1, reaches `distance`; infinite when never. */
function stepsUntil(distance: number, step: number, factor: number): number {
  if (distance <= 0) return 0;
  if (!(step > 0)) return Infinity;
  if (factor > 0.99) return distance / step;
  const ratio = (distance * (1 - factor)) / (step * factor);
  return ratio >= 1 ? Infinity : Math.log(1 - ratio) / Math.log(factor);
}

function medianOfFifths(points: readonly TrendPoint[]): number[] {
  const size = points.length / 5;
  return Array.from({ length: 5 }, (_, i) => {
    const part = points.slice(Math.round(i * size), Math.round((i + 1) * size)).map(({ value }) => value);
    part.sort((a, b) => a - b);
    const upper = part[part.length >> 1] ?? 0;
    return part.length % 2 === 1 ? upper : (upper + (part[(part.length >> 1) - 1] ?? 0)) / 2;
  });
}

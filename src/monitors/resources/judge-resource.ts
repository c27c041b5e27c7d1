// What is found of one resource: its level against bounds, and the time at which it would be exhausted.
import type { Finding } from '../monitor.js';
import type { Bounds, ResourcesSettings } from './settings.js';
import type { Forecast } from './forecast.js';
import type { Reading } from './watched-resource.js';

/** A resource as people are told of it. */
export interface NamedResource {
  readonly key: string;
  /** How a sentence about it begins: `Memory of worker at host-1`. */
  readonly title: string;
  readonly unit: 'bytes' | 'jobs' | 'share' | 'seconds';
  readonly bounds: Bounds;
}

type Chosen = Pick<ResourcesSettings, 'warnWithinHours' | 'criticalWithinHours'>;

const HOUR_MS = 3_600_000;
const SEVERITY = ['ok', 'warning', 'critical'] as const;

/**
 * The worse of level and forecast; before the window is full the forecast alone may speak. `value` is the share of the limit,
 * `threshold` the bound it passed or has before it, null while only the forecast is bad. Times in epoch ms.
 */
export function judgeResource(
  { key, title, unit, bounds }: NamedResource,
  reading: Reading,
  chosen: Chosen,
  now: number,
): Finding {
  const { used, limit, level, forecast, n } = reading;
  const byLevel = level === undefined ? 0 : levelOf(level / limit, bounds);
  const hoursLeft = forecast === undefined ? Infinity : Math.max(0, forecast.reachesAt - now) / HOUR_MS;
  const byForecast =
    hoursLeft <= chosen.criticalWithinHours ? 2 : hoursLeft <= chosen.warnWithinHours ? 1 : 0;
  const severity = Math.max(byLevel, byForecast);
  const share = (level ?? used) / limit;
  const amount = describeAmount(unit, level ?? used, limit);
  const isForecast = severity > 0 && byForecast >= byLevel;
  return {
    key,
    status: level === undefined && severity === 0 ? 'insufficient-data' : (SEVERITY[severity] ?? 'critical'),
    value: share,
    // The share passed no bound where the forecast alone is bad: a bound named there would put the bad side below it.
    threshold:
      byLevel === 2 ? bounds.criticalAbove : byLevel === 0 && byForecast > 0 ? null : bounds.warnAbove,
    effect: null,
    pValue: null,
    n,
    summary: isForecast
      ? `${title} reaches its limit of ${formatAmount(unit, limit)} at about ${formatTime(now + hoursLeft * HOUR_MS, now)}, in ${formatHours(hoursLeft)}`
      : `${title} ${severity > 0 ? 'has been' : 'is'} at ${amount}`,
    detail: { used, limit, unit, ...(forecast && { forecast: describe(forecast) }) },
  };
}

function levelOf(share: number, { warnAbove, criticalAbove }: Bounds): 0 | 1 | 2 {
  if (criticalAbove !== null && share > criticalAbove) return 2;
  return share > warnAbove ? 1 : 0;
}

function describe(forecast: Forecast) {
  return { ...forecast, reachesAt: new Date(forecast.reachesAt).toISOString() };
}

function describeAmount(unit: NamedResource['unit'], value: number, limit: number): string {
  if (unit === 'seconds') return formatAmount(unit, value);
  const percent = `${Math.round((value / limit) * 100)} %`;
  return unit === 'share' ? percent : `${percent} of its limit of ${formatAmount(unit, limit)}`;
}

function formatAmount(unit: NamedResource['unit'], value: number): string {
  if (unit === 'bytes') return formatBytes(value);
  if (unit === 'seconds') return `${value.toFixed(2)} s`;
  return unit === 'share' ? `${Math.round(value * 100)} %` : `${Math.round(value)} jobs`;
}

function formatBytes(bytes: number): string {
  const power = Math.min(4, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power] ?? 'B'}`;
}

function formatHours(hours: number): string {
  return hours < 1 ? `${Math.round(hours * 60)} min` : `${hours.toFixed(1)} h`;
}

/** The time of day, with the day where it is another. */
function formatTime(at: number, now: number): string {
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  const isToday = new Date(now).toISOString().startsWith(day);
  return `${isToday ? '' : `${day} `}${time.slice(0, 5)} UTC`;
}

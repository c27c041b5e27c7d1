// Alerts for Alertmanager, which groups, routes and silences them with those of everything else that is watched.
import { severitySchema, type AlertTransition, type Severity } from '../../events/alert-transition.js';
import { postJson } from './http-post.js';
import { isoTime } from './iso-time.js';
import type { Sink } from './sink.js';

/** As many episodes are remembered as over; a delivery that is retried for longer is lost in so many alerts. */
const MAX_ENDED = 1000;
/** Reminders come with an evaluation and deliveries are retried, so a short interval is no measure of how late they may be. */
const LEAST_LIFE_MS = 600_000;
/** For what is told once: it stays until its end is told, and yet not for good when Vigie is gone. */
const MOST_LIFE_MS = 30 * 24 * 3_600_000;

/**
 * POSTs to `/api/v2/alerts` below `url`, whose user and password become basic authentication. A firing alert ends by
 * itself twice its longest pause from now, at least ten minutes and at most thirty days, and each reminder moves that on;
 * so it outlives `resolve_timeout`, and not a Vigie that is gone for good. There are no reminders of an acknowledged alert:
 * who acknowledges one for longer than that silences it in Alertmanager. `longestPauseOf` gives, by model and monitor, the
 * longest time between two words of an alert that fires.
 */
export function createAlertmanagerSink({
  url,
  timeoutMs,
  longestPauseOf,
  now,
}: {
  url: string;
  timeoutMs: number;
  longestPauseOf: (model: string, monitor: string) => number;
  now: () => number;
}): Sink {
  const { endpoint, headers } = split(url);
  const ended = new Set<string>();
  return {
    name: 'alertmanager',
    // Alertmanager groups by itself, so it is given every alert and not the worst alone.
    deliver: async (notification, others = []) => {
      const told = [notification, ...others];
      for (const { to, alert } of told) if (to === 'resolved') remember(ended, alert.id);
      const body = told.flatMap((one) => {
        const { to, alert } = one;
        // Retries let a firing alert come after its own end, which would bring it back for hours.
        if (to !== 'resolved' && ended.has(alert.id)) return [];
        const lifeMs = Math.max(2 * longestPauseOf(alert.model, alert.monitor), LEAST_LIFE_MS);
        const endsAt = now() + Math.min(lifeMs, MOST_LIFE_MS);
        return alertmanagerAlerts(one, endsAt);
      });
      if (body.length === 0) return { outcome: 'delivered' };
      return postJson({ url: endpoint, body, headers, timeoutMs });
    },
  };
}

/**
 * `postableAlerts` of Alertmanager's API v2. Labels tell alerts apart there, severity among them, so that a change of severity
 * is another alert: it ends the one before. What was told before is not known here, so a resolved alert ends in both.
 */
function alertmanagerAlerts({ from, to, at, comment, alert }: AlertTransition, endsAt: number) {
  const { model, version, monitor, key, severity, summary, startedAt, firedAt } = alert;
  const of = (as: Severity, end: number) => ({
    labels: {
      alertname: `vigie-${monitor}`,
      model,
      ...(version === null ? {} : { version: String(version) }),
      monitor,
      key,
      severity: as,
    },
    annotations: { summary, ...(comment === null ? {} : { comment }) },
    startsAt: isoTime(firedAt ?? startedAt),
    endsAt: isoTime(end),
  });
  const others = severitySchema.options.filter((other) => other !== severity);
  if (to === 'resolved') return [severity, ...others].map((each) => of(each, at));
  const before = from === 'pending' ? [] : others.map((other) => of(other, at));
  return [of(severity, endsAt), ...before];
}

/** fetch takes no credentials in a URL; Alertmanager may be served below a path. */
function split(url: string): { endpoint: string; headers: Readonly<Record<string, string>> } {
  const endpoint = new URL(url);
  const { username, password } = endpoint;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  endpoint.username = '';
  endpoint.password = '';
  endpoint.pathname = `${endpoint.pathname.replace(/\/+$/, '')}/api/v2/alerts`;
  const isOpen = username === '' && password === '';
  return {
    endpoint: endpoint.href,
    headers: isOpen ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
  };
}

function remember(ended: Set<string>, id: string): void {
  ended.add(id);
  const [oldest] = ended;
  if (ended.size > MAX_ENDED && oldest !== undefined) ended.delete(oldest);
}

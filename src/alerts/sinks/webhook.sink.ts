// Notifications as generic JSON, for anything that takes a POST.
import type { AlertTransition } from '../../events/alert-transition.js';
import { postJson } from './http-post.js';
import { isoTime } from './iso-time.js';
import type { Sink } from './sink.js';

/** Many receivers refuse a body over 100 kB, and a summary may have 500 characters. */
const MAX_OTHERS = 50;

/**
 * POSTs `webhookBody` to the URL. The header `Idempotency-Key` holds the transition's id, the same on every retry,
 * so that a receiver can drop what it had already. Deliveries may overtake each other: `transition.at` orders them.
 */
export function createWebhookSink({ url, timeoutMs }: { url: string; timeoutMs: number }): Sink {
  return {
    name: 'webhook',
    deliver: (notification, others = []) =>
      postJson({
        url,
        body: {
          ...webhookBody(notification),
          others: others.slice(0, MAX_OTHERS).map(webhookBody),
          othersTotal: others.length,
        },
        headers: { 'idempotency-key': notification.id },
        timeoutMs,
      }),
  };
}

/**
 * What a receiver gets: `kind` is always `alert-transition`; `transition` says what happened (`from` equals `to`
 * when an alert is announced late, worsened or repeated); `alert` is the alert after it; `evidence` the findings that an
 * alert of several rests on; `others` what happened in the same evaluation, in the same form, the most severe first, 50 of
 * `othersTotal` at most. Times are ISO 8601 in UTC. Fields may be added.
 */
function webhookBody({ id, from, to, at, by, comment, value, alert, evidence }: AlertTransition) {
  return {
    kind: 'alert-transition',
    transition: { id, from, to, at: isoTime(at), by, comment, value },
    ...(evidence !== undefined && { evidence }),
    alert: {
      ...alert,
      startedAt: isoTime(alert.startedAt),
      firedAt: alert.firedAt === null ? null : isoTime(alert.firedAt),
      resolvedAt: alert.resolvedAt === null ? null : isoTime(alert.resolvedAt),
    },
  };
}

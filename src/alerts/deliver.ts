// The job behind a notification: one transition to one sink, with a failure the queue knows how to treat.
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import type { AlertTransition } from '../events/alert-transition.js';
import type { Metrics } from '../metrics.js';
import type { Delivery, Sink } from './sinks/sink.js';

/** One delivery: which transition goes to which sink. */
export interface NotificationJob {
  readonly transitionId: string;
  readonly sink: string;
  readonly transition: AlertTransition;
  /** What was told of in the same evaluation, the worst first; `transition` is worse than all of them. */
  readonly others?: readonly AlertTransition[] | undefined;
}

/**
 * Delivers a job to its sink. Throws UNAVAILABLE (retryable) when another try may help, and INTERNAL (not retryable)
 * when the receiver refused or the sink is no longer set up. Counts every attempt.
 */
export type Deliver = (job: NotificationJob) => Promise<void>;

/** Creates the handler of `deliver-notification` jobs. */
export function createDelivery({
  sinks,
  metrics,
  log,
}: {
  sinks: readonly Sink[];
  metrics: Metrics;
  log: Logger;
}): Deliver {
  const byName = new Map(sinks.map((sink) => [sink.name, sink]));
  return async ({ transitionId, sink: name, transition, others }) => {
    const sink = byName.get(name);
    const delivery: Delivery =
      sink === undefined
        ? { outcome: 'failed', retry: false, reason: 'no such sink is set up any more' }
        : await sink.deliver(transition, others);
    if (delivery.outcome === 'delivered') {
      metrics.notifications.inc({ sink: name, outcome: 'ok' });
      return;
    }
    const { retry, reason } = delivery;
    metrics.notifications.inc({ sink: name, outcome: retry ? 'retry' : 'failed' });
    log.warn({ sink: name, transition: transitionId, retry, reason }, 'a notification was not delivered');
    throw new AppError(retry ? 'UNAVAILABLE' : 'INTERNAL', `Notification to "${name}" failed: ${reason}`);
  };
}

// Reads the alert streams and asks for one delivery per sink for every transition people are to be told of.
import type { Logger } from 'pino';
import { alertTransitionCodec } from '../events/alert-transition.js';
import { startGroupReader } from '../events/group-reader.js';
import type { Metrics } from '../metrics.js';
import type { Keys } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import type { NotificationJob } from './deliver.js';

const MAX_ENTRIES = 100;

/**
 * Starts reading as group `notifier`. Entries come at least once; `enqueue` must keep a second job with the same
 * `notificationJobId` out, so that a redelivery is not a second notification. A rejected enqueue brings the entries back.
 */
export function startNotifier({
  redis,
  keys,
  models,
  consumer,
  sinks,
  enqueue,
  log,
  metrics,
}: {
  redis: RedisConnections;
  keys: Keys;
  models: readonly string[];
  consumer: string;
  /** Names of sinks. */
  sinks: readonly string[];
  enqueue: (job: NotificationJob) => Promise<void>;
  log: Logger;
  metrics: Metrics;
}): Promise<{ stop(): Promise<void> }> {
  return startGroupReader({
    redis,
    streams: models.map((model) => keys.model(model).alerts),
    group: 'notifier',
    consumer,
    codec: alertTransitionCodec,
    maxEntries: MAX_ENTRIES,
    log,
    metrics,
    onEntries: async (entries) => {
      for (const { value: transition } of entries) {
        if (!transition.notify) continue;
        await Promise.all(sinks.map((sink) => enqueue({ transitionId: transition.id, sink, transition })));
      }
    },
  });
}

/** The id of the one job for a transition and a sink. */
export function notificationJobId({
  transitionId,
  sink,
}: Pick<NotificationJob, 'transitionId' | 'sink'>): string {
  return `${transitionId}.${sink}`;
}

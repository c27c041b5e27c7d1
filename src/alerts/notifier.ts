// Reads the alert streams and asks for one delivery per sink for all that people are to be told of one evaluation.
import type { Logger } from 'pino';
import { alertTransitionCodec } from '../events/alert-transition.js';
import { startGroupReader } from '../events/group-reader.js';
import type { Metrics } from '../metrics.js';
import type { Keys } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import type { NotificationJob } from './deliver.js';
import { gatherMessage } from './gather-message.js';

const MAX_ENTRIES = 100;

/**
 * Starts reading as group `notifier`. The first entry of a message brings all of it about: it is not acknowledged before
 * every sink has its job, so that nothing is trimmed behind it meanwhile. Entries come at least once;
 * `enqueue` must keep a second job with the same `notificationJobId` out, so that a redelivery is not a second
 * notification. A rejected enqueue brings the entries back.
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
      for (const entry of entries) {
        const message = await gatherMessage(redis, entry);
        if (message === undefined) continue;
        const [transition, ...others] = message;
        const { id: transitionId } = transition;
        await Promise.all(sinks.map((sink) => enqueue({ transitionId, sink, transition, others })));
      }
    },
  });
}

/** The id of the one job for a sink and the transition that stands for its message. */
export function notificationJobId({
  transitionId,
  sink,
}: Pick<NotificationJob, 'transitionId' | 'sink'>): string {
  return `${transitionId}.${sink}`;
}

// What every role of a process shares: settings, connections, models, and how to stop what was started.
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { EventWriter } from '../events/event-writer.js';
import type { Metrics } from '../metrics.js';
import type { Producer } from '../queue/producer.js';
import type { Keys } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import type { LiveRegistry } from '../registry/registry.js';

export interface House {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly redis: RedisConnections;
  readonly keys: Keys;
  /** What the models folder offers, which the API serves once the workers are ready for it. */
  readonly registry: LiveRegistry;
  readonly writer: EventWriter;
  readonly producer: Producer;
  /** Unique to this run of this process. */
  readonly processId: string;
  readonly createId: () => string;
  /** Epoch ms. */
  readonly now: () => number;
  /** Whatever is started says here how it is stopped; the last started is stopped first. */
  readonly onStop: (name: string, stop: () => Promise<void>) => void;
}

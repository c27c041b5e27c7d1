// Keeps a fresh picture of the workers, so that a request nobody can answer is refused at once.
import type { Keys } from '../redis/keys.js';
import { orUnavailable } from '../redis/or-unavailable.js';
import type { RedisConnections } from '../redis/redis-client.js';
import type { QueueName } from './catalogue.js';
import type { Producer } from './producer.js';
import { readWorkers, type WorkerHeartbeat } from './worker-heartbeat.js';

export interface WorkerWatch {
  /** Whether a worker that takes this queue was seen lately. */
  take(queue: QueueName): boolean;
  /** Whether a worker has a session of this version ready. */
  hasLoaded(model: string, version: number): boolean;
  count(): number;
  /** Jobs that lay on this queue when it was last looked at, a second ago at most while Redis answers. */
  waitingJobs(queue: QueueName): number;
  /** Reads anew. Throws UNAVAILABLE. */
  read(): Promise<readonly WorkerHeartbeat[]>;
  stop(): Promise<void>;
}

const EVERY_MS = 1000;

/** Reads the heartbeats now and every second; `now` in epoch ms. */
export async function watchWorkers({
  redis,
  keys,
  producer,
  now,
}: {
  readonly redis: RedisConnections;
  readonly keys: Keys;
  readonly producer: Producer;
  readonly now: () => number;
}): Promise<WorkerWatch> {
  let workers: readonly WorkerHeartbeat[] = [];
  let counts: Awaited<ReturnType<Producer['counts']>> = new Map();
  const refresh = async () => {
    // While Redis is away the last picture stands; requests are refused for Redis' sake then.
    workers = await readWorkers({ redis, keys }, now()).catch(() => workers);
    counts = await producer.counts().catch(() => counts);
  };
  await refresh();
  const timer = setInterval(() => void refresh(), EVERY_MS);
  return {
    take: (queue) => workers.some((worker) => worker.queues.includes(queue)),
    hasLoaded: (model, version) => workers.some((worker) => worker.models.includes(`${model}@${version}`)),
    count: () => workers.length,
    waitingJobs: (queue) => counts.get(queue)?.waiting ?? 0,
    read: () => orUnavailable(readWorkers({ redis, keys }, now())),
    stop() {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

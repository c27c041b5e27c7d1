// Keeps a fresh picture of the workers, so that a request nobody can answer is refused at once.
import type { Keys } from '../redis/keys.js';
import { orUnavailable } from '../redis/or-unavailable.js';
import type { RedisConnections } from '../redis/redis-client.js';
import type { QueueName } from './catalogue.js';
import type { Producer } from './producer.js';
import { readWorkers, type WorkerHeartbeat } from './worker-heartbeat.js';

export interface WorkerWatch {
  /** Whether a worker has a session of this version ready. */
  hasLoaded(model: string, version: number): boolean;
  /** The workers seen lately that take this queue and have no session of this version ready, by id. */
  lacking(queue: QueueName, model: string, version: number): readonly string[];
  count(): number;
  /** Inference threads of the workers that take this queue. */
  threads(queue: QueueName): number;
  /** Jobs that they run at once: one on each thread, or so many pictures beside each other. */
  slots(queue: QueueName): number;
  /** Jobs that lay on this queue when it was last looked at, a second ago at most while Redis answers. */
  waitingJobs(queue: QueueName): number;
  /** Those of them that somebody waits for, which are taken before the others. */
  urgentJobs(queue: QueueName): number;
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
  let capacity: ReadonlyMap<string, Capacity> = new Map();
  let counts: Awaited<ReturnType<Producer['counts']>> = new Map();
  const refresh = async () => {
    // While Redis is away the last picture stands; requests are refused for Redis' sake then.
    workers = await readWorkers({ redis, keys }, now()).catch(() => workers);
    capacity = capacityByQueue(workers);
    counts = await producer.counts().catch(() => counts);
  };
  await refresh();
  const timer = setInterval(() => void refresh(), EVERY_MS);
  return {
    hasLoaded: (model, version) => workers.some((worker) => worker.models.includes(`${model}@${version}`)),
    lacking: (queue, model, version) =>
      workers
        .filter(({ queues, models }) => queues.includes(queue) && !models.includes(`${model}@${version}`))
        .map(({ id }) => id),
    count: () => workers.length,
    threads: (queue) => capacity.get(queue)?.threads ?? 0,
    slots: (queue) => capacity.get(queue)?.slots ?? 0,
    waitingJobs: (queue) => counts.get(queue)?.waiting ?? 0,
    urgentJobs: (queue) => counts.get(queue)?.urgent ?? 0,
    read: () => orUnavailable(readWorkers({ redis, keys }, now())),
    stop() {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

interface Capacity {
  readonly threads: number;
  readonly slots: number;
}

function capacityByQueue(workers: readonly WorkerHeartbeat[]): Map<string, Capacity> {
  const capacity = new Map<string, Capacity>();
  for (const worker of workers)
    for (const queue of worker.queues) {
      const { threads, slots } = capacity.get(queue) ?? { threads: 0, slots: 0 };
      const own = queue.startsWith('pictures-')
        ? { threads: worker.pictureThreads, slots: worker.pictures }
        : { threads: worker.threads, slots: worker.threads };
      capacity.set(queue, { threads: threads + own.threads, slots: slots + own.slots });
    }
  return capacity;
}

// Keeps a fresh picture of the workers, so that a request nobody can answer is refused at once.
import { AppError } from '../errors.js';
import type { QueueName } from '../queue/catalogue.js';
import { readWorkers, type WorkerHeartbeat } from '../queue/worker-heartbeat.js';
import type { House } from './house.js';

export interface WorkerWatch {
  /** Whether a worker that takes this queue was seen lately. */
  take(queue: QueueName): boolean;
  /** Whether a worker has a session of this version ready. */
  hasLoaded(model: string, version: number): boolean;
  count(): number;
  /** Reads anew. Throws UNAVAILABLE. */
  read(): Promise<readonly WorkerHeartbeat[]>;
  stop(): Promise<void>;
}

const EVERY_MS = 1000;

export async function watchWorkers({ redis, keys, now }: House): Promise<WorkerWatch> {
  let workers: readonly WorkerHeartbeat[] = [];
  const refresh = async () => {
    // While Redis is away the last picture stands; requests are refused for Redis' sake then.
    workers = await readWorkers({ redis, keys }, now()).catch(() => workers);
  };
  await refresh();
  const timer = setInterval(() => void refresh(), EVERY_MS);
  return {
    take: (queue) => workers.some((worker) => worker.queues.includes(queue)),
    hasLoaded: (model, version) => workers.some((worker) => worker.models.includes(`${model}@${version}`)),
    count: () => workers.length,
    async read() {
      try {
        return await readWorkers({ redis, keys }, now());
      } catch (cause) {
        throw new AppError('UNAVAILABLE', 'Redis cannot be reached.', { cause });
      }
    },
    stop() {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

// Two processes on one Redis, as they run on two machines: the API with the monitors in front, a worker behind.
import { startPrivateRedis, type PrivateRedis } from './private-redis.js';
import { privateDataDir, startVigie, type VigieProcess } from './vigie-process.js';

export interface SplitHouse {
  readonly redis: PrivateRedis;
  readonly front: VigieProcess;
  /** The first worker; one that is started later is stopped by whoever starts it. */
  readonly worker: VigieProcess;
  startWorker(): Promise<VigieProcess>;
  /** Ends the front, then `worker`, then Redis, and removes the data. */
  stop(worker?: VigieProcess): Promise<void>;
}

/** Starts both; `frontEnv` adds settings to the front, `everyEnv` to both. */
export async function startSplitHouse(
  frontEnv: Readonly<Record<string, string>> = {},
  everyEnv: Readonly<Record<string, string>> = {},
): Promise<SplitHouse> {
  const [redis, data] = await Promise.all([startPrivateRedis(), privateDataDir()]);
  const common = { ...everyEnv, REDIS_URL: redis.url, DATA_DIR: data.dir };
  const startWorker = () => startVigie({ ...common, ROLES: 'worker' });
  const worker = await startWorker();
  const front = await startVigie({ ...common, ROLES: 'api,monitor', ...frontEnv });
  return {
    redis,
    front,
    worker,
    startWorker,
    async stop(last = worker) {
      await front.stop();
      await last.stop();
      await redis.stop();
      await data.remove();
    },
  };
}

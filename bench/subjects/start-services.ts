// A Redis and a PostgreSQL server of the run's own.
import { postgresAvailable, startPrivatePostgres } from '../../test/support/private-postgres.js';
import { startPrivateRedis } from '../../test/support/private-redis.js';
import type { Root } from '../machine/process-tree.js';
import type { RunPlace } from './run-place.js';

export interface Services {
  readonly redisUrl: string;
  readonly postgresUrl: string;
  readonly roots: readonly Root[];
  stop(): Promise<void>;
}

/** Undefined where PostgreSQL is not installed. */
export async function startServices({ cleanup }: RunPlace): Promise<Services | undefined> {
  if (!postgresAvailable()) return undefined;
  const redis = await startPrivateRedis();
  cleanup.add(() => redis.stop());
  const postgres = await startPrivatePostgres({ durable: true });
  cleanup.add(() => postgres.stop());
  return {
    redisUrl: redis.url,
    postgresUrl: postgres.url,
    roots: [
      { label: 'redis', pid: redis.pid() },
      { label: 'postgres', pid: postgres.pid() },
    ],
    async stop() {
      await redis.stop();
      await postgres.stop();
    },
  };
}

// A private Redis with a connection to it, for tests of what lives in Redis.
import { pino } from 'pino';
import { connectRedis } from '../../src/redis/connect.js';
import type { RedisConnections } from '../../src/redis/redis-client.js';
import { startPrivateRedis, type PrivateRedis } from './private-redis.js';

export const silent = pino({ level: 'silent' });

export interface RedisRoom {
  readonly server: PrivateRedis;
  readonly redis: RedisConnections;
  close(): Promise<void>;
}

/** Starts both; `close` ends both. */
export async function openRedisRoom(): Promise<RedisRoom> {
  const server = await startPrivateRedis();
  const redis = await connectRedis({ url: server.url, log: silent });
  return {
    server,
    redis,
    close: async () => {
      await redis.close();
      await server.stop();
    },
  };
}

// How much memory Redis uses, and how much it may.
import type { ResourceSample } from '../events/resource-sample.js';
import type { RedisConnections } from '../redis/redis-client.js';

/** `maxmemory` is the limit, or else the memory of the machine. Null where Redis does not say; rejects while it is away. */
export async function redisMemory({ commands }: RedisConnections): Promise<ResourceSample['redis']> {
  const info = await commands.info('memory');
  const read = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const limitBytes = read('maxmemory') || read('total_system_memory');
  return limitBytes > 0 ? { usedBytes: read('used_memory'), limitBytes } : null;
}

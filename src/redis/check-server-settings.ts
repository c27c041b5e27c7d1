// Warns when the server is set up so that it may drop or lose what Vigie keeps in it.
import type { Logger } from 'pino';
import type { RedisClient } from './redis-client.js';

/** Looks at eviction, append-only file and version; says nothing when the server does not let itself be asked. */
export async function checkServerSettings(client: RedisClient, log: Logger): Promise<void> {
  try {
    const settings = await client.configGet(['maxmemory-policy', 'appendonly']);
    const policy = settings['maxmemory-policy'];
    if (policy !== undefined && policy !== 'noeviction') {
      log.warn({ policy }, 'Redis may evict queues and streams: set maxmemory-policy noeviction');
    }
    if (settings['appendonly'] === 'no') {
      log.warn(
        'Redis keeps no append-only file: a crash loses what was not in the last snapshot; set appendonly yes',
      );
    }
    const version = /redis_version:(\d+)\S*/.exec(await client.info('server'));
    if (Number(version?.[1] ?? 7) < 7) log.warn({ version: version?.[0] }, 'Redis is older than 7');
  } catch (error) {
    log.debug({ reason: String(error) }, 'the settings of Redis cannot be read');
  }
}

// Moves entries that cannot be read out of a group's way, so that one bad entry stops nobody.
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';
import { describeStream, parkedStreamOf } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { defineScript, runScript } from '../redis/run-script.js';
import type { Codec } from './codec.js';
import type { RawEntry, StreamEntry } from './read-entries.js';

/** So many entries a parked stream keeps, about. */
export const MAX_PARKED = 10_000;

// Acknowledged and copied in one step; a repeated call copies nothing, since the acknowledgement is gone by then.
const PARK = defineScript(`
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*',
  ARGV[6], ARGV[4], 'id', ARGV[2], 'group', ARGV[1], 'reason', ARGV[5])
return 1`);

/** The entries that can be read, in order; the others are copied to the parked stream as they are, counted and acknowledged. */
export async function setApartUnreadable<T>(options: {
  readonly redis: RedisConnections;
  readonly group: string;
  readonly codec: Pick<Codec<T>, 'decode'>;
  readonly entries: readonly RawEntry[];
  readonly log: Logger;
  readonly metrics: Metrics;
}): Promise<StreamEntry<T>[]> {
  const { redis, group, codec, entries, log, metrics } = options;
  const readable: StreamEntry<T>[] = [];
  for (const { stream, id, event } of entries) {
    if (event === null) {
      log.warn({ stream, id }, 'an entry was removed from the stream before it was handled');
      await redis.commands.xAck(stream, group, id);
      continue;
    }
    const decoded = codec.decode(event);
    if (decoded.ok) {
      readable.push({ stream, id, value: decoded.value });
      continue;
    }
    const keys = [stream, parkedStreamOf(stream)];
    const [field, payload] = event;
    const args = [group, id, String(MAX_PARKED), payload, decoded.reason, field];
    if ((await runScript(redis.commands, PARK, keys, args)) === 1) {
      metrics.streamParked.inc({ ...describeStream(stream), group });
      log.error({ stream, id, reason: decoded.reason }, 'an entry cannot be read; it is parked');
    }
  }
  return readable;
}

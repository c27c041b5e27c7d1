// Removes a value that may have become somebody else's meanwhile.
import type { RedisClient } from './redis-client.js';
import { defineScript, runScript } from './run-script.js';

const DELETE_IF_EQUALS = defineScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`);

/** Deletes the string key only while it holds exactly `value`; true when it did. Rejects while Redis is away. */
export async function deleteIfEquals(client: RedisClient, key: string, value: string): Promise<boolean> {
  return (await runScript(client, DELETE_IF_EQUALS, [key], [value])) === 1;
}

// A lease: one owner at a time, for as long as it renews.
import { deleteIfEquals } from './delete-if-equals.js';
import type { RedisClient } from './redis-client.js';
import { defineScript, runScript } from './run-script.js';

const ACQUIRE = defineScript(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`);

/** Takes the lease or, when `owner` holds it already, renews it for `ttlMs`; false while another holds it. */
export async function acquireLease(
  client: RedisClient,
  { key, owner, ttlMs }: { readonly key: string; readonly owner: string; readonly ttlMs: number },
): Promise<boolean> {
  return (await runScript(client, ACQUIRE, [key], [owner, String(Math.round(ttlMs))])) === 1;
}

/** Gives the lease back at once; does nothing when another holds it. */
export async function releaseLease(
  client: RedisClient,
  { key, owner }: { readonly key: string; readonly owner: string },
): Promise<void> {
  await deleteIfEquals(client, key, owner);
}

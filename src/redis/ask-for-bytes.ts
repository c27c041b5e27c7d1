// Sends a command whose answer holds bytes that are no text.
import { RESP_TYPES } from 'redis';
import type { RedisClient } from './redis-client.js';

const AS_BYTES = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.MAP]: Array } };

/** The reply with every text as a Buffer and every map as a list of keys and values in turn. */
export function askForBytes(client: RedisClient, args: readonly string[]): Promise<unknown> {
  return client.sendCommand(args, AS_BYTES);
}

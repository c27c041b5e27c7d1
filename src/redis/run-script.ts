// Runs a Lua script by its hash, sending the text only when the server does not know it.
import { createHash } from 'node:crypto';
import { ErrorReply } from 'redis';
import type { RedisClient } from './redis-client.js';

/** A Lua script and the hash by which a server may know it. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

/** Prepares a script; all keys it touches are to be named in `keys` when it runs. */
export function defineScript(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

/** The script's reply as Redis gave it; the caller checks what it is. */
export async function runScript(
  client: RedisClient,
  script: Script,
  keys: readonly string[],
  args: readonly (string | Buffer)[],
): Promise<unknown> {
  const input = { keys: [...keys], arguments: [...args] };
  try {
    return await client.evalSha(script.sha, input);
  } catch (error) {
    // A restarted server has forgotten its scripts; nothing ran, so sending it again is safe.
    if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return client.eval(script.lua, input);
    throw error;
  }
}

/** True when the server itself refused (out of memory, say), false when it could not be reached. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof ErrorReply;
}

// Appends events to streams so that even a killed Redis loses none that was acknowledged.
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import { onceKeyOf } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { defineScript, isRefusal, runScript } from '../redis/run-script.js';
import type { EncodedEvent } from './codec.js';
import { createOnceKeyEnds } from './end-once-keys.js';
import { createRecentAppends, type Append } from './recent-appends.js';

/** Appends entries; what it acknowledged survives a killed Redis. */
export interface EventWriter {
  /** Rejects with UNAVAILABLE while Redis is away; after a connection lost midway the entry may be there or not. */
  append(stream: string, event: EncodedEvent): Promise<void>;
  /**
   * True when this call appended the entry, false when an earlier one with the same key did. The reply is appended in the same
   * step, also beside an entry that was there already, and never without one.
   */
  appendOnce(stream: string, once: Once, event: EncodedEvent, reply?: Reply): Promise<boolean>;
  stop(): Promise<void>;
}

/** Under which key an entry is appended once, and for how long after its writer's last offer somebody may come with it again. */
export interface Once {
  readonly key: string;
  readonly againWithinMs: number;
}

/** An answer to one process, in a stream of the same hash tag; it is not offered again: nobody waits for it after an outage. */
export interface Reply {
  readonly stream: string;
  readonly event: EncodedEvent;
}

/** Connections, clock and bounds of a writer. */
export interface EventWriterOptions {
  readonly redis: RedisConnections;
  readonly log: Logger;
  /** Epoch ms. */
  readonly now: () => number;
  /** Last resort against a reader that never comes back: about so many entries a stream. */
  readonly maxEntries?: number;
  readonly createId?: () => string;
}

// Longer than any batch is done again after, however it was lost; most keys are ended earlier.
const ONCE_SECONDS = 900;
const OFFERED_AT_ONCE = 200;
// More than a process has asked for and not read; a reply of a large batch is large.
const MAX_REPLIES = 1000;
/** A reply stream is gone this long after its process stopped saying that it reads it. */
export const REPLIES_EXPIRE_S = 300;
// An id is asked for when an entry is offered again: a reader past it then does not meet the entry twice.
// A refused entry leaves no key behind, and what comes after it is not reached.
const APPEND = defineScript(`
local id = ''
if redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[1]) then
  local added
  if ARGV[5] ~= '*' then
    added = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], ARGV[5], ARGV[3], ARGV[4])
  end
  if type(added) ~= 'string' then
    added = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', ARGV[3], ARGV[4])
  end
  if type(added) ~= 'string' then
    redis.call('DEL', KEYS[2])
    return added
  end
  id = added
end
if KEYS[3] then
  redis.pcall('XADD', KEYS[3], 'MAXLEN', '~', ARGV[6], '*', ARGV[7], ARGV[8])
  redis.pcall('EXPIRE', KEYS[3], ARGV[9], 'NX')
end
return id`);

/**
 * With `appendfsync everysec` a killed server may lose its last two seconds. Therefore the last ten seconds are
 * kept here and offered again, under their ids and once-keys, whenever Redis returns: what survived is not doubled,
 * since an entry and its once-key are written, and lost, together.
 */
export function createEventWriter(options: EventWriterOptions): EventWriter {
  const { redis, now, maxEntries = 1_000_000, createId = randomUUID } = options;
  const log = options.log.child({ room: 'events' });
  const lifetimeMs = ONCE_SECONDS * 1000;
  const recent = createRecentAppends({ now, lifetimeMs, onSafe: createOnceKeyEnds(redis) });
  let offering: Promise<void> = Promise.resolve();
  let away = !redis.ready();

  const send = async ({ stream, onceKey, event, id }: Append, reply?: Reply): Promise<string> => {
    const keys = [stream, onceKey];
    const args = [String(ONCE_SECONDS), String(maxEntries), ...event, id];
    if (reply !== undefined) {
      keys.push(reply.stream);
      args.push(String(MAX_REPLIES), ...reply.event, String(REPLIES_EXPIRE_S));
    }
    const added = await runScript(redis.commands, APPEND, keys, args);
    return typeof added === 'string' ? added : '';
  };
  const offerAgain = async () => {
    const kept = recent.all();
    const replaced = new Map<Append, Append>();
    const offer = async (append: Append) => {
      try {
        const id = await send(append);
        if (id !== '') replaced.set(append, { ...append, id });
      } catch (error) {
        // Refused by the server itself (out of memory, say): waiting for a better connection would not help.
        if (!isRefusal(error)) throw error;
        log.error({ reason: error.message, stream: append.stream }, 'an entry could not be appended again');
      }
    };
    try {
      // The first alone, so that a restarted server knows the script before many are sent at once, in order.
      for (let at = 0, size = 1; at < kept.length; at += size, size = OFFERED_AT_ONCE) {
        await Promise.all(kept.slice(at, at + size).map(offer));
      }
    } catch (error) {
      log.debug({ reason: String(error) }, 'offering again was cut short; the next connection goes on');
      return;
    }
    recent.thaw(replaced);
    away = false;
    if (replaced.size === 0) return;
    log.warn(
      { lost: replaced.size, offered: kept.length },
      'Redis had lost its last entries; appended again',
    );
  };
  const stopListening = redis.onChange((ready) => {
    if (!ready) {
      away = true;
      recent.freeze();
    } else {
      offering = offering.then(offerAgain);
    }
  });
  const appendOnce: EventWriter['appendOnce'] = async (stream, { key, againWithinMs }, event, reply) => {
    // New entries wait for the old ones, whose ids must still be free.
    await offering;
    if (away || !redis.ready()) throw new AppError('UNAVAILABLE');
    const append: Append = { stream, onceKey: key, againWithinMs, event, id: '*' };
    try {
      const id = await send(append, reply);
      if (id === '') return false;
      recent.add({ ...append, id });
      return true;
    } catch (error) {
      throw new AppError('UNAVAILABLE', undefined, { cause: error });
    }
  };
  return {
    append: async (stream, event) => {
      // Nobody else knows the key.
      await appendOnce(stream, { key: onceKeyOf(stream, createId()), againWithinMs: 0 }, event);
    },
    appendOnce,
    stop: async () => {
      stopListening();
      await offering;
    },
  };
}

// Appends events to streams so that even a killed Redis loses none that was acknowledged.
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import { onceKeyOf } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { defineScript, isRefusal, runScript } from '../redis/run-script.js';
import { FIELD, encodeEvent } from './codec.js';
import { createRecentAppends, type Append } from './recent-appends.js';

/** Appends entries; what it acknowledged survives a killed Redis. */
export interface EventWriter {
  /** Rejects with UNAVAILABLE while Redis is away; after a connection lost midway the entry may be there or not. */
  append(stream: string, entry: object): Promise<void>;
  /** True when this call appended the entry, false when an earlier one with the same key did (within a quarter of an hour). */
  appendOnce(stream: string, onceKey: string, entry: object): Promise<boolean>;
  /** For what nobody needs after an outage: one plain command, not kept and not offered again. */
  appendBestEffort(stream: string, entry: object): Promise<void>;
  stop(): Promise<void>;
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

// Longer than any batch is done again after, short enough that a busy day does not fill the memory with keys.
const ONCE_SECONDS = 900;
const OFFERED_AT_ONCE = 200;
const BEST_EFFORT_ENTRIES = 10_000;
// An id is asked for when an entry is offered again: a reader past it then does not meet the entry twice.
const APPEND = defineScript(`
if not redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[1]) then return '' end
if ARGV[5] ~= '*' then
  local same = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], ARGV[5], ARGV[3], ARGV[4])
  if type(same) == 'string' then return same end
end
return redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', ARGV[3], ARGV[4])`);

/**
 * With `appendfsync everysec` a killed server may lose its last two seconds. Therefore the last ten seconds are
 * kept here and offered again, under their ids and once-keys, whenever Redis returns: what survived is not doubled,
 * since an entry and its once-key are written, and lost, together.
 */
export function createEventWriter(options: EventWriterOptions): EventWriter {
  const { redis, now, maxEntries = 1_000_000, createId = randomUUID } = options;
  const log = options.log.child({ room: 'events' });
  const recent = createRecentAppends({ now, lifetimeMs: ONCE_SECONDS * 1000 });
  let offering: Promise<void> = Promise.resolve();
  let away = !redis.ready();

  const send = async ({ stream, onceKey, payload, id }: Append): Promise<string> => {
    const args = [String(ONCE_SECONDS), String(maxEntries), FIELD, payload, id];
    const reply = await runScript(redis.commands, APPEND, [stream, onceKey], args);
    return typeof reply === 'string' ? reply : '';
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
  const appendOnce = async (stream: string, onceKey: string, entry: object) => {
    // New entries wait for the old ones, whose ids must still be free.
    await offering;
    if (away || !redis.ready()) throw new AppError('UNAVAILABLE');
    const append: Append = { stream, onceKey, payload: encodeEvent(entry), id: '*' };
    try {
      const id = await send(append);
      if (id === '') return false;
      recent.add({ ...append, id });
      return true;
    } catch (error) {
      throw new AppError('UNAVAILABLE', undefined, { cause: error });
    }
  };
  return {
    append: async (stream, entry) => {
      await appendOnce(stream, onceKeyOf(stream, createId()), entry);
    },
    appendOnce,
    appendBestEffort: async (stream, entry) => {
      const trim = { strategy: 'MAXLEN', strategyModifier: '~', threshold: BEST_EFFORT_ENTRIES } as const;
      await redis.commands.xAdd(stream, '*', { [FIELD]: encodeEvent(entry) }, { TRIM: trim });
    },
    stop: async () => {
      stopListening();
      await offering;
    },
  };
}

// Reads streams as one consumer of a group, at least once and in order, through failures of Redis and of the handler.
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { pause, waitUntilReady } from '../redis/wait-until-ready.js';
import type { Codec } from './codec.js';
import { createGroupCommands, type GroupCommands } from './group-commands.js';
import type { RawEntry, StreamEntry } from './read-entries.js';
import { setApartUnreadable } from './set-apart-unreadable.js';

/** Which streams to read as which consumer, and what to do with the entries. */
export interface GroupReaderOptions<T> {
  readonly redis: RedisConnections;
  readonly streams: readonly string[];
  readonly group: string;
  /** The name under which entries are delivered; a restarted process with the same name finds its own again. */
  readonly consumer: string;
  readonly codec: Pick<Codec<T>, 'decode'>;
  /** At most `maxEntries` at a time, never two calls at once; when it rejects, the same entries come again. */
  readonly onEntries: (entries: readonly StreamEntry<T>[]) => Promise<void>;
  readonly maxEntries: number;
  /** Where entries differ much in size: no further one is handed over with those that have `maxRows` together. */
  readonly weight?: { readonly rowsIn: (value: T) => number; readonly maxRows: number };
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Entries that another consumer left for so long are taken over. */
  readonly claimAfterMs?: number;
  /** Between two reads that found all there was, so that what comes meanwhile is taken together. Default 0. */
  readonly restMs?: number;
}

const LONGEST_BACKOFF_MS = 5000;
const BLOCK_MS = 2000;

/**
 * Resolves when reading goes on; a stream or group that is not there is made, from the first entry. Entries are
 * acknowledged after `onEntries` resolved; a crash in between delivers them again. `stop` lets a running call finish.
 */
export async function startGroupReader<T>(
  options: GroupReaderOptions<T>,
): Promise<{ stop(): Promise<void> }> {
  const { redis, streams, group, consumer, maxEntries, claimAfterMs = 10_000, restMs = 0 } = options;
  const log = options.log.child({ room: 'events', group, consumer });
  const stopping = new AbortController();
  const { signal } = stopping;
  const stopped = () => signal.aborted;
  const blocking = await redis.blocking(`${group}:${consumer}`);
  const commands = createGroupCommands({ redis, blocking, group, consumer });

  /** True when the attempt succeeded at last, false when stopped before. */
  const persist = async (what: string, attempt: () => Promise<void>) => {
    for (let backoffMs = 100; !stopped(); backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)) {
      try {
        await attempt();
        return true;
      } catch (error) {
        log.warn({ err: error, backoffMs }, `${what} failed; it is tried again`);
        await pause(backoffMs, signal);
        await waitUntilReady(redis, signal);
      }
    }
    return false;
  };
  /** Goes on until the handler took them, however long it refuses or works; false when stopped before. */
  const deliver = async (entries: readonly StreamEntry<T>[]) => {
    // Claiming its own entries anew, now and then, keeps other consumers from taking them over meanwhile.
    const keep = () => void commands.keep(entries).catch(() => undefined);
    const keeping = setInterval(keep, claimAfterMs / 3);
    try {
      return await persist('handling entries', () => options.onEntries(entries));
    } finally {
      clearInterval(keeping);
    }
  };
  /** Hands on, chunk by chunk, and acknowledges; only what is handed on next is taken apart. */
  const handle = async (raw: readonly RawEntry[]) => {
    const { rowsIn = () => 0, maxRows = 1 } = options.weight ?? {};
    for (let at = 0; at < raw.length && !stopped();) {
      const entries: StreamEntry<T>[] = [];
      for (let rows = 0; at < raw.length && rows < maxRows && entries.length < maxEntries; at += 1) {
        const next = raw.slice(at, at + 1);
        await persist('setting unreadable entries apart', async () => {
          for (const entry of await setApartUnreadable({ ...options, log, entries: next })) {
            entries.push(entry);
            rows += rowsIn(entry.value);
          }
        });
      }
      if (entries.length > 0 && (await deliver(entries))) await acknowledge(entries);
    }
  };
  const acknowledge = async (entries: readonly StreamEntry<T>[]) => {
    // Tried once even when stopping, so that what was handled does not come again.
    await commands.acknowledge(entries).catch(async (error: unknown) => {
      log.debug({ reason: String(error) }, 'acknowledging is tried again');
      await waitUntilReady(redis, signal);
      await persist('acknowledging', () => commands.acknowledge(entries));
    });
  };

  const run = async () => {
    let nextClaim = 0;
    // Own entries first: delivered before a crash, a lost reply or a stop, but never handled.
    let source: 'own' | 'new' = 'own';
    const readNew = () => commands.readNew(streams, maxEntries, Math.min(BLOCK_MS, claimAfterMs));
    let ahead: Promise<RawEntry[]> | undefined;
    while (!stopped()) {
      try {
        if (source === 'own') await readOwn(commands, { streams, maxEntries, handle, signal });
        source = 'new';
        if (performance.now() >= nextClaim) {
          await claimLeft(commands, { streams, maxEntries, claimAfterMs, handle, signal });
          nextClaim = performance.now() + claimAfterMs / 3;
        }
        const raw = await (ahead ?? readNew());
        // Where more is waiting it is read while this is handled.
        ahead = raw.length < maxEntries ? undefined : readNew();
        ahead?.catch(() => undefined);
        await handle(raw);
        if (ahead === undefined && restMs > 0) await pause(restMs, signal);
      } catch (error) {
        if (stopped()) break;
        ahead = undefined;
        source = 'own';
        if (error instanceof Error && /^(NOGROUP|UNBLOCKED)/.test(error.message)) {
          log.warn('the group is gone; it is made again from the first entry');
          await commands.makeGroups(streams).catch(() => undefined);
        } else {
          log.debug({ reason: String(error) }, 'reading was interrupted');
        }
        await pause(50, signal);
        await waitUntilReady(redis, signal);
      }
    }
  };

  await persist('making the group', () => commands.makeGroups(streams));
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      blocking.destroy();
      await running;
      if (redis.ready()) await commands.leave(streams).catch(() => undefined);
    },
  };
}

interface Reading {
  readonly streams: readonly string[];
  readonly maxEntries: number;
  readonly handle: (entries: readonly RawEntry[]) => Promise<void>;
  readonly signal: AbortSignal;
}

async function readOwn(
  commands: GroupCommands,
  { streams, maxEntries, handle, signal }: Reading,
): Promise<void> {
  for (;;) {
    const entries = await commands.readOwn(streams, maxEntries);
    if (entries.length === 0 || signal.aborted) return;
    await handle(entries);
  }
}

async function claimLeft(
  commands: GroupCommands,
  { streams, maxEntries, claimAfterMs, handle, signal }: Reading & { readonly claimAfterMs: number },
): Promise<void> {
  for (const stream of streams) {
    let from = '0-0';
    do {
      const { entries, next } = await commands.claimLeft(stream, from, claimAfterMs, maxEntries);
      await handle(entries);
      from = next;
    } while (from !== '0-0' && !signal.aborted);
  }
}

// Follows streams from given positions, in order, without a group: what one process must see whole and by itself.
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';
import { askForBytes } from '../redis/ask-for-bytes.js';
import { describeStream } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { pause, waitUntilReady } from '../redis/wait-until-ready.js';
import { FIELD, type Codec } from './codec.js';
import { entriesOfRange, entriesOfRead, type RawEntry, type StreamEntry } from './read-entries.js';

/** Which streams to follow from where, and what to do with the entries. */
export interface TailReaderOptions<T> {
  readonly redis: RedisConnections;
  /** Stream to the id of the last entry already seen; `$` stands for the last one there now, `0` for none. */
  readonly from: Readonly<Record<string, string>>;
  readonly codec: Pick<Codec<T>, 'decode'>;
  /** Awaited, at most `maxEntries` at a time; when it rejects, the same entries come again. */
  readonly onEntries: (entries: readonly StreamEntry<T>[]) => void | Promise<void>;
  readonly maxEntries: number;
  /** Between two reads that found all there was, so that what comes meanwhile is taken together. Default 0. */
  readonly restMs?: number;
  /** Asked before each call; what comes while it says no is passed over undecoded. */
  readonly wanted?: () => boolean;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Told of entries that cannot be read; reading goes on behind them. */
  readonly onUnreadable?: (entry: RawEntry, reason: string) => void;
}

const BLOCK_MS = 2000;
const LONGEST_BACKOFF_MS = 5000;

/**
 * Resolves once the positions are fixed: every entry appended after that is seen, each once, also over restarts of
 * Redis. `stop` lets a running call finish.
 */
export async function startTailReader<T>(options: TailReaderOptions<T>): Promise<{ stop(): Promise<void> }> {
  const { redis, from, maxEntries, restMs = 0 } = options;
  const log = options.log.child({ room: 'events' });
  const stopping = new AbortController();
  const { signal } = stopping;
  const stopped = () => signal.aborted;
  const positions = new Map<string, string>();
  for (const [stream, id] of Object.entries(from)) {
    positions.set(stream, id === '$' ? await lastIdOf(redis, stream) : id);
  }
  const streams = [...positions.keys()];
  if (streams.length === 0) return { stop: () => Promise.resolve() };
  const blocking = await redis.blocking('tail');

  const read = async (): Promise<RawEntry[]> => {
    const args = ['XREAD', 'COUNT', String(maxEntries), 'BLOCK', String(BLOCK_MS), 'STREAMS', ...streams];
    return entriesOfRead(await askForBytes(blocking, [...args, ...positions.values()]));
  };
  const deliver = async (raw: readonly RawEntry[]) => {
    const entries = options.wanted?.() === false ? [] : readable(raw, options, log);
    for (let backoffMs = 100; entries.length > 0; backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)) {
      try {
        await options.onEntries(entries);
        break;
      } catch (error) {
        log.error({ err: error, backoffMs }, 'entries of a tail were not taken; they are offered again');
        await pause(backoffMs, signal);
        if (stopped()) return;
      }
    }
    for (const { stream, id } of raw) positions.set(stream, id);
  };
  const run = async () => {
    while (!stopped()) {
      try {
        const raw = await read();
        for (let at = 0; at < raw.length && !stopped(); at += maxEntries) {
          await deliver(raw.slice(at, at + maxEntries));
        }
        if (raw.length < maxEntries && restMs > 0) await pause(restMs, signal);
      } catch (error) {
        if (stopped()) break;
        log.debug({ reason: String(error) }, 'a tail was interrupted');
        await pause(50, signal);
        await waitUntilReady(redis, signal);
      }
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      blocking.destroy();
      await running;
    },
  };
}

/** A concrete id instead of `$`, which would mean another entry after each interruption. */
async function lastIdOf(redis: RedisConnections, stream: string): Promise<string> {
  const reply = await askForBytes(redis.commands, ['XREVRANGE', stream, '+', '-', 'COUNT', '1']);
  return entriesOfRange(stream, reply)[0]?.id ?? '0';
}

function readable<T>(raw: readonly RawEntry[], options: TailReaderOptions<T>, log: Logger): StreamEntry<T>[] {
  return raw.flatMap((entry) => {
    const decoded = options.codec.decode(entry.event ?? [FIELD.json, '']);
    if (decoded.ok) return [{ stream: entry.stream, id: entry.id, value: decoded.value }];
    log.warn(
      { stream: entry.stream, id: entry.id, reason: decoded.reason },
      'a tail skips an unreadable entry',
    );
    options.metrics.streamUnreadable.inc(describeStream(entry.stream));
    options.onUnreadable?.(entry, decoded.reason);
    return [];
  });
}

// The Redis commands one consumer of a group needs, on several streams.
import { askForBytes } from '../redis/ask-for-bytes.js';
import type { RedisClient, RedisConnections } from '../redis/redis-client.js';
import { entriesOfClaim, entriesOfRead, type RawEntry } from './read-entries.js';

interface EntryId {
  readonly stream: string;
  readonly id: string;
}

/** Each rejects while Redis is away. */
export interface GroupCommands {
  /** From the first entry; what is there stays as it is. */
  makeGroups(streams: readonly string[]): Promise<void>;
  /** Waits up to `blockMs` for entries that no consumer has; at most `count` of each stream. */
  readNew(streams: readonly string[], count: number, blockMs: number): Promise<RawEntry[]>;
  /** Entries delivered to this consumer and not acknowledged, oldest first. */
  readOwn(streams: readonly string[], count: number): Promise<RawEntry[]>;
  /** Takes over what lay with another consumer for `idleMs`; `next` is `0-0` at the end. */
  claimLeft(
    stream: string,
    from: string,
    idleMs: number,
    count: number,
  ): Promise<{ entries: RawEntry[]; next: string }>;
  /** Says that this consumer still works on them. */
  keep(entries: readonly EntryId[]): Promise<void>;
  acknowledge(entries: readonly EntryId[]): Promise<void>;
  /** Forgets this consumer where nothing is left with it, so that groups do not grow with every restart. */
  leave(streams: readonly string[]): Promise<void>;
}

/** Reading goes over `blocking`, everything else over the command connection. */
export function createGroupCommands({
  redis,
  blocking,
  group,
  consumer,
}: {
  readonly redis: RedisConnections;
  readonly blocking: RedisClient;
  readonly group: string;
  readonly consumer: string;
}): GroupCommands {
  const { commands } = redis;
  const read = async (streams: readonly string[], id: string, options: readonly string[]) => {
    const args = ['XREADGROUP', 'GROUP', group, consumer, ...options, 'STREAMS', ...streams];
    return entriesOfRead(await askForBytes(blocking, [...args, ...streams.map(() => id)]));
  };
  const idsByStream = (entries: readonly EntryId[]) => {
    const ids = new Map<string, string[]>();
    for (const { stream, id } of entries) {
      const known = ids.get(stream);
      if (known === undefined) ids.set(stream, [id]);
      else known.push(id);
    }
    return [...ids];
  };
  return {
    makeGroups: async (streams) => {
      for (const stream of streams) {
        try {
          await commands.xGroupCreate(stream, group, '0', { MKSTREAM: true });
        } catch (error) {
          if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
        }
      }
    },
    readNew: (streams, count, blockMs) =>
      read(streams, '>', ['COUNT', String(count), 'BLOCK', String(blockMs)]),
    readOwn: (streams, count) => read(streams, '0', ['COUNT', String(count)]),
    claimLeft: async (stream, from, idleMs, count) => {
      const args = ['XAUTOCLAIM', stream, group, consumer, String(idleMs), from, 'COUNT', String(count)];
      return entriesOfClaim(stream, await askForBytes(commands, args));
    },
    keep: async (entries) => {
      for (const [stream, ids] of idsByStream(entries)) {
        await commands.sendCommand(['XCLAIM', stream, group, consumer, '0', ...ids, 'JUSTID']);
      }
    },
    acknowledge: async (entries) => {
      for (const [stream, ids] of idsByStream(entries)) await commands.xAck(stream, group, ids);
    },
    leave: async (streams) => {
      for (const stream of streams) {
        const left = await commands.xPendingRange(stream, group, '-', '+', 1, { consumer });
        if (left.length === 0) await commands.xGroupDelConsumer(stream, group, consumer);
      }
    },
  };
}

// Reads how a stream and its groups stand.
import { z } from 'zod';
import type { RedisClient } from '../redis/redis-client.js';
import type { GroupPosition, StreamExtent } from './stream-position.js';

/** All of a stream that trimming needs, as it was at one moment. */
export interface StreamState extends StreamExtent {
  /** The server's clock, epoch ms: the clock of the entry ids. */
  readonly nowMs: number;
  readonly groups: readonly GroupPosition[];
}

const entrySchema = z.tuple([z.string()]).rest(z.unknown()).nullable();
const streamSchema = z.object({
  length: z.number(),
  'entries-added': z.number(),
  'first-entry': entrySchema,
  'last-entry': entrySchema,
});
const groupsSchema = z.array(
  z.object({
    name: z.string(),
    pending: z.number(),
    'last-delivered-id': z.string(),
    'entries-read': z.number().nullable(),
    lag: z.number().nullable(),
  }),
);
const pendingSchema = z.tuple([z.number(), z.string().nullable()]).rest(z.unknown());
const timeSchema = z.tuple([z.coerce.number(), z.coerce.number()]);
const repliesSchema = z.tuple([groupsSchema, streamSchema, timeSchema]);

/** Undefined when there is no such stream. */
export async function readStreamState(client: RedisClient, stream: string): Promise<StreamState | undefined> {
  if ((await client.exists(stream)) === 0) return undefined;
  // In one step: entries that a group reads and another process trims in between would look lost.
  const replies = await client
    .multi()
    .addCommand(['XINFO', 'GROUPS', stream])
    .addCommand(['XINFO', 'STREAM', stream])
    .addCommand(['TIME'])
    .exec();
  const [groups, extent, [seconds]] = repliesSchema.parse(replies);
  return {
    length: extent.length,
    entriesAdded: extent['entries-added'],
    first: extent['first-entry']?.[0] ?? null,
    last: extent['last-entry']?.[0] ?? null,
    nowMs: seconds * 1000,
    groups: await Promise.all(
      groups.map(async (group) => ({
        name: group.name,
        lastDelivered: group['last-delivered-id'],
        oldestPending: group.pending === 0 ? null : await oldestPendingOf(client, stream, group.name),
        entriesRead: group['entries-read'],
        lag: group.lag,
      })),
    ),
  };
}

async function oldestPendingOf(client: RedisClient, stream: string, group: string): Promise<string | null> {
  const [, oldest] = pendingSchema.parse(await client.sendCommand(['XPENDING', stream, group]));
  return oldest;
}

// What a watch reads from and writes to Redis: the snapshot, its reading group, measurements and monitor status.
import { z } from 'zod';
import { monitorReportCodec, type MonitorReport } from '../events/monitor-report.js';
import { entriesOfRange } from '../events/read-entries.js';
import { askForBytes } from '../redis/ask-for-bytes.js';
import type { Keys } from '../redis/keys.js';
import type { RedisConnections, Write } from '../redis/redis-client.js';
import type { WatchedTask } from './monitor.js';
import type { PlannedMonitor } from './plan.js';
import type { CountedPosition, ReadCounts } from './read-counts.js';
import type { Positions } from './watched-model.js';

/** Shows in Redis how far the monitors have read, so that a stream is not trimmed beyond it. */
const GROUP = 'monitors';
const MAX_MEASUREMENT_ENTRIES = '100000';

type ModelKeys = ReturnType<Keys['model']>;

/** One of the streams whose positions a watch keeps. */
export type WatchedStream = keyof Positions;

type Counted = Readonly<Partial<Record<WatchedStream, CountedPosition | undefined>>>;

const groupsSchema = z.array(
  z.object({
    name: z.string(),
    'last-delivered-id': z.string(),
    'entries-read': z.number().nullable(),
  }),
);
const streamSchema = z.object({ 'last-generated-id': z.string(), 'entries-added': z.number() });

/** The streams that are read for a subject of this task. */
export function streamsOf(task: WatchedTask): readonly WatchedStream[] {
  return task === 'system' ? ['resources'] : ['predictions', 'feedback'];
}

/** What a watch starts from: the snapshot if any, and where the group stands as far as Redis can count it. */
export interface Prepared {
  readonly snapshot: string | null;
  readonly group: Counted;
}

/** Makes sure the group exists and drops the status of monitors that no longer watch. */
export async function prepareStreams(
  { commands }: RedisConnections,
  keys: ModelKeys,
  plan: readonly PlannedMonitor[],
  streams: readonly WatchedStream[],
): Promise<Prepared> {
  for (const stream of streams.map((name) => keys[name])) {
    // From the beginning: what was predicted before anyone watched is still to be seen.
    await commands.xGroupCreate(stream, GROUP, '0', { MKSTREAM: true }).catch((error: unknown) => {
      if (!String(error).includes('BUSYGROUP')) throw error;
    });
  }
  const watching = plan.map(({ definition }) => definition.name);
  const gone = (await commands.hKeys(keys.monitorStatus)).filter((name) => !watching.includes(name));
  if (gone.length > 0) await commands.hDel(keys.monitorStatus, gone);
  const groupOf = async (stream: string): Promise<CountedPosition | undefined> => {
    const groups = groupsSchema.parse(await commands.sendCommand(['XINFO', 'GROUPS', stream]));
    const group = groups.find(({ name }) => name === GROUP);
    const entries = group?.['entries-read'] ?? undefined;
    return group && entries !== undefined ? { id: group['last-delivered-id'], entries } : undefined;
  };
  return {
    snapshot: await commands.get(keys.snapshot),
    group: await byStream(streams, (name) => groupOf(keys[name])),
  };
}

/** How the streams lie before the positions. */
export interface Ahead {
  /** When the oldest unread entry was appended, epoch ms by Redis' clock; undefined when all is read. */
  readonly unreadSince: number | undefined;
  /** The end of each stream of which all is read. */
  readonly ends: Counted;
}

/** Looks at what lies behind the positions; rejects while Redis is away. */
export async function lookAhead(
  { commands }: RedisConnections,
  keys: ModelKeys,
  positions: Positions,
  streams: readonly WatchedStream[],
): Promise<Ahead> {
  const look = async (name: WatchedStream) => {
    const range = ['XRANGE', keys[name], `(${positions[name] ?? '0-0'}`, '+', 'COUNT', '1'];
    const [next] = entriesOfRange(keys[name], await askForBytes(commands, range));
    if (next !== undefined) return { unreadSince: [Number(next.id.split('-')[0])], end: undefined };
    const found = streamSchema.safeParse(await commands.sendCommand(['XINFO', 'STREAM', keys[name]]));
    const end = found.data && { id: found.data['last-generated-id'], entries: found.data['entries-added'] };
    return { unreadSince: [], end };
  };
  const looks = await byStream(streams, look);
  const times = Object.values(looks).flatMap(({ unreadSince }) => unreadSince);
  return {
    unreadSince: times.length === 0 ? undefined : Math.min(...times),
    ends: Object.fromEntries(Object.entries(looks).map(([name, { end }]) => [name, end])),
  };
}

/** The group moved to positions, with their counts where they are known. */
export function positionWrites(
  keys: ModelKeys,
  positions: Positions,
  counts: ReadCounts,
  streams: readonly WatchedStream[],
): Write[] {
  const move = (name: WatchedStream): Write => {
    const count = counts.of(name);
    const counted = count === undefined ? [] : ['ENTRIESREAD', String(count)];
    return ['XGROUP', 'SETID', keys[name], GROUP, positions[name] ?? '0-0', ...counted];
  };
  return streams.map(move);
}

/** A snapshot, to be committed with the positions it stands at. */
export function snapshotWrite(keys: ModelKeys, snapshot: string): Write {
  return ['SET', keys.snapshot, snapshot];
}

/** Each report on the measurement stream and as its monitor's status. */
export function reportWrites(keys: ModelKeys, reports: readonly MonitorReport[]): Write[] {
  return reports.flatMap((report): Write[] => {
    const [field, text] = monitorReportCodec.encode(report);
    return [
      ['XADD', keys.measurements, 'MAXLEN', '~', MAX_MEASUREMENT_ENTRIES, '*', field, text],
      ['HSET', keys.monitorStatus, report.monitor, text],
    ];
  });
}

async function byStream<T>(
  streams: readonly WatchedStream[],
  ask: (name: WatchedStream) => Promise<T>,
): Promise<Partial<Record<WatchedStream, T>>> {
  return Object.fromEntries(await Promise.all(streams.map(async (name) => [name, await ask(name)] as const)));
}

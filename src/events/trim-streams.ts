// Removes from streams what every group has read, and says how far each group is behind.
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';
import { describeStream } from '../redis/keys.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { compareIds, estimateLag, lostUnread, oldestNeeded, type GroupPosition } from './stream-position.js';
import { readStreamState, type StreamState } from './stream-state.js';

/** Which streams to trim for which groups, and how often. */
export interface TrimmerOptions {
  readonly redis: RedisConnections;
  /** Each with the groups that must have read an entry before it goes. */
  readonly streams: readonly { readonly stream: string; readonly groups: readonly string[] }[];
  readonly everyMs: number;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Younger entries stay for readers without a group. */
  readonly graceMs?: number;
}

const GRACE_MS = 60_000;

/** A stream is left alone while one of its groups is missing. Keeps on through outages of Redis. */
export function startTrimmer(options: TrimmerOptions): { stop(): Promise<void> } {
  const { redis, streams, everyMs, metrics } = options;
  const log = options.log.child({ room: 'events' });
  const alreadyLost = new Map<string, { readonly position: string; readonly count: number }>();
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const trim = async (stream: string, expected: readonly string[]) => {
    const state = await readStreamState(redis.commands, stream);
    if (state === undefined) return;
    const labels = describeStream(stream);
    for (const group of state.groups)
      metrics.streamLag.set({ ...labels, group: group.name }, estimateLag(state, group));

    const lost = Math.max(0, ...state.groups.map((group) => newlyLost(alreadyLost, stream, state, group)));
    if (lost > 0) {
      metrics.streamTrimmedUnread.inc(labels, lost);
      log.error({ stream, lost }, 'the length cap dropped entries that a group had not read');
    }
    const groups = expected.map((name) => state.groups.find((group) => group.name === name));
    if (groups.length === 0 || groups.includes(undefined)) return;
    const graceful = `${Math.max(0, state.nowMs - (options.graceMs ?? GRACE_MS))}-0`;
    const positions = [graceful, ...groups.filter((group) => group !== undefined).map(oldestNeeded)];
    await redis.commands.xTrim(stream, 'MINID', positions.sort(compareIds)[0] ?? '0', {
      strategyModifier: '~',
    });
  };
  const pass = async () => {
    for (const { stream, groups } of streams) {
      if (stopped || !redis.ready()) return;
      await trim(stream, groups).catch((error: unknown) =>
        log.warn({ err: error, stream }, 'a stream could not be trimmed'),
      );
    }
  };
  const schedule = () => {
    running = pass().then(() => {
      if (!stopped) timer = setTimeout(schedule, everyMs);
    });
  };
  schedule();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** Counts an entry once, although it stays lost until the group has read past the gap. */
function newlyLost(
  alreadyLost: Map<string, { readonly position: string; readonly count: number }>,
  stream: string,
  state: StreamState,
  group: GroupPosition,
): number {
  const key = `${stream} ${group.name}`;
  const count = lostUnread(state, group);
  const before = alreadyLost.get(key);
  alreadyLost.set(key, { position: group.lastDelivered, count });
  return Math.max(0, count - (before?.position === group.lastDelivered ? before.count : 0));
}

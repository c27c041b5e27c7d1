// What a watch reads from and writes to Redis: the snapshot, its reading group, measurements and monitor status.
import type { MonitorReport } from '../events/monitor-report.js';
import { encodeEvent, FIELD, parseRangeReply } from '../events/codec.js';
import type { Keys } from '../redis/keys.js';
import type { RedisConnections, Write } from '../redis/redis-client.js';
import type { PlannedMonitor } from './plan.js';
import type { Positions, WatchedModel } from './watched-model.js';

/** Shows in Redis how far the monitors have read, so that a stream is not trimmed beyond it. */
const GROUP = 'monitors';
const MAX_MEASUREMENT_ENTRIES = '100000';

type ModelKeys = ReturnType<Keys['model']>;

/** Makes sure the group exists, drops the status of monitors that no longer watch, and answers the snapshot if any. */
export async function prepareStreams(
  { commands }: RedisConnections,
  keys: ModelKeys,
  plan: readonly PlannedMonitor[],
): Promise<string | null> {
  for (const stream of [keys.predictions, keys.feedback]) {
    // From the beginning: what was predicted before anyone watched is still to be seen.
    await commands.xGroupCreate(stream, GROUP, '0', { MKSTREAM: true }).catch((error: unknown) => {
      if (!String(error).includes('BUSYGROUP')) throw error;
    });
  }
  const watching = plan.map(({ definition }) => definition.name);
  const gone = (await commands.hKeys(keys.monitorStatus)).filter((name) => !watching.includes(name));
  if (gone.length > 0) await commands.hDel(keys.monitorStatus, gone);
  return commands.get(keys.snapshot);
}

/** When the oldest entry behind the positions was appended (epoch ms by Redis' clock); undefined when all is read. */
export async function oldestUnreadAt(
  { commands }: RedisConnections,
  keys: ModelKeys,
  positions: Positions,
): Promise<number | undefined> {
  const firsts = await Promise.all(
    (['predictions', 'feedback'] as const).map(async (name) => {
      const reply: unknown = await commands.sendCommand([
        'XRANGE',
        keys[name],
        `(${positions[name]}`,
        '+',
        'COUNT',
        '1',
      ]);
      return parseRangeReply(keys[name], reply).map(({ id }) => Number(id.split('-')[0]));
    }),
  );
  const times = firsts.flat();
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The snapshot, and the group moved to the positions it stands at. */
export function snapshotWrites(keys: ModelKeys, watched: WatchedModel): Write[] {
  const { predictions, feedback } = watched.positions();
  return [
    ['XGROUP', 'SETID', keys.predictions, GROUP, predictions],
    ['XGROUP', 'SETID', keys.feedback, GROUP, feedback],
    ['SET', keys.snapshot, watched.snapshot()],
  ];
}

/** Each report on the measurement stream and as its monitor's status. */
export function reportWrites(keys: ModelKeys, reports: readonly MonitorReport[]): Write[] {
  return reports.flatMap((report): Write[] => {
    const text = encodeEvent(report);
    return [
      ['XADD', keys.measurements, 'MAXLEN', '~', MAX_MEASUREMENT_ENTRIES, '*', FIELD, text],
      ['HSET', keys.monitorStatus, report.monitor, text],
    ];
  });
}

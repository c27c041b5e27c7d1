// Reads what every monitor reported last, wherever it runs.
import type { Logger } from 'pino';
import { FIELD } from '../events/codec.js';
import { monitorReportCodec, type MonitorReport } from '../events/monitor-report.js';
import type { Keys } from '../redis/keys.js';
import { orUnavailable } from '../redis/or-unavailable.js';
import type { RedisConnections } from '../redis/redis-client.js';

/** The last report of every monitor, of one model or of all. */
export type MonitorReports = (model?: string) => Promise<readonly MonitorReport[]>;

/** Reports by model and monitor name. The function throws UNAVAILABLE without Redis. */
export function createMonitorReports(options: {
  readonly redis: RedisConnections;
  readonly keys: Keys;
  readonly models: readonly string[];
  readonly log: Logger;
}): MonitorReports {
  const { redis, keys, models, log } = options;
  const readOne = async (name: string): Promise<MonitorReport[]> => {
    const hash = await redis.commands.hGetAll(keys.model(name).monitorStatus);
    return Object.values(hash).flatMap((text) => {
      const report = monitorReportCodec.decode([FIELD.json, text]);
      if (report.ok) return [report.value];
      log.warn({ model: name, reason: report.reason }, 'a monitor status cannot be read');
      return [];
    });
  };
  return async (model) => {
    const read = Promise.all((model === undefined ? models : [model]).map(readOne));
    const reports = (await orUnavailable(read)).flat();
    return reports.sort((a, b) => a.model.localeCompare(b.model) || a.monitor.localeCompare(b.monitor));
  };
}

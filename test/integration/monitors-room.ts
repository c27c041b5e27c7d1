// Monitoring on a real Redis for tests: a model's streams under a key prefix of their own, and processes to watch them.
import { v7 } from 'uuid';
import type { PredictionBatch } from '../../src/events/prediction-batch.js';
import { monitorReportSchema, type MonitorReport } from '../../src/events/monitor-report.js';
import { predictionBatchCodec } from '../../src/events/prediction-codec.js';
import { createMetrics, type Metrics } from '../../src/metrics.js';
import { builtInMonitors } from '../../src/monitors/built-in.js';
import type { MonitorDefinition } from '../../src/monitors/monitor.js';
import { startMonitors, type MonitorsOptions } from '../../src/monitors/start-monitors.js';
import { connectRedis } from '../../src/redis/connect.js';
import { createKeys } from '../../src/redis/keys.js';
import type { RedisConnections } from '../../src/redis/redis-client.js';
import { monitorSubject, watchableModel } from '../support/monitor-batches.js';
import { pluginThreadUrl } from '../support/plugin-thread-url.js';
import { silent } from '../support/redis-room.js';

/** One process that may watch the model. */
export interface TestProcess {
  readonly id: string;
  readonly metrics: Metrics;
  stop(): Promise<void>;
  /** As kill -9 leaves it: gone from Redis in a moment, nothing saved, nothing released. */
  kill(): Promise<void>;
}

/** With the streams of one model, or of Vigie itself, by its name. */
export function openMonitorsRoom(url: string, redis: RedisConnections, name = 'valve') {
  const keys = createKeys(`test-${v7()}`);
  const model = keys.model(name);
  const clock = { now: 1_700_000_030_000 };
  return {
    keys,
    model,
    clock,
    append: async (batches: readonly PredictionBatch[]): Promise<string> => {
      const ids = await Promise.all(
        batches.map((batch) => {
          const [field, payload] = predictionBatchCodec.encode(batch);
          return redis.commands.xAdd(model.predictions, '*', { [field]: payload });
        }),
      );
      return ids.at(-1) ?? '0-0';
    },
    /** Starts a process with connections of its own. */
    start: async (
      changed: Partial<MonitorsOptions> & { extra?: readonly MonitorDefinition[] } = {},
    ): Promise<TestProcess> => {
      const own = await connectRedis({ url, log: silent });
      const metrics = createMetrics();
      const id = v7();
      const monitors = await startMonitors({
        redis: own,
        keys,
        models: [watchableModel(monitorSubject({ labels: { off: 600, on: 400 } }))],
        definitions: [...builtInMonitors, ...(changed.extra ?? [])],
        processId: id,
        evaluateEveryMs: 20,
        leaseTtlMs: 600,
        pluginThreadUrl,
        judge: () => Promise.resolve({ writes: [], expectations: [] }),
        log: silent,
        metrics,
        now: () => clock.now,
        ...changed,
      });
      const stop = async () => {
        await monitors.stop();
        await own.close();
      };
      return {
        id,
        metrics,
        stop,
        kill: async () => {
          await own.close();
          // Its timers end here; without connections it can neither save nor release anything.
          await monitors.stop();
        },
      };
    },
    holder: () => redis.commands.get(model.lease),
    snapshot: async (): Promise<string | null> => redis.commands.get(model.snapshot),
    /** Where the saved snapshot stands on the prediction stream. */
    savedPosition: async (): Promise<string | undefined> => {
      const text = await redis.commands.get(model.snapshot);
      if (text === null) return undefined;
      return (JSON.parse(text) as { positions: { predictions: string } }).positions.predictions;
    },
    reports: async (): Promise<MonitorReport[]> => {
      const entries = await redis.commands.xRange(model.measurements, '-', '+');
      return (entries ?? []).map(({ message }) => monitorReportSchema.parse(JSON.parse(message['e'] ?? '')));
    },
    status: async (monitor: string): Promise<MonitorReport | undefined> => {
      const text = await redis.commands.hGet(model.monitorStatus, monitor);
      return text == null ? undefined : monitorReportSchema.parse(JSON.parse(text));
    },
    groupPosition: async (): Promise<string | undefined> => {
      const groups = await redis.commands.xInfoGroups(model.predictions);
      return groups.find(({ name }) => name === 'monitors')?.['last-delivered-id'];
    },
  };
}

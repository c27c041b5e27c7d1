// Starts monitoring: for every model this process competes for the lease and, while it holds it, watches the model.
import type { Logger } from 'pino';
import type { Judge } from '../events/round-judge.js';
import type { Metrics } from '../metrics.js';
import type { Keys } from '../redis/keys.js';
import { acquireLease, releaseLease } from '../redis/lease.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { startLeaseLoop } from './lease-loop.js';
import type { OutsidePlugin } from './load-plugins.js';
import { createMeasurementGauges } from './measurement-gauges.js';
import { startModelWatch } from './model-watch.js';
import type { MonitorDefinition } from './monitor.js';
import { planMonitors } from './plan.js';
import { PLUGIN_LIMITS, type PluginLimits } from './plugin-limits.js';
import { startPluginRunner } from './plugin-runner.js';
import type { WatchableModel } from './watchable-model.js';

/** Which models to watch, with which monitors, and who this process is. */
export interface MonitorsOptions {
  readonly redis: RedisConnections;
  readonly keys: Keys;
  readonly models: readonly WatchableModel[];
  /** Monitors that run in this thread. */
  readonly definitions: readonly MonitorDefinition[];
  /** Monitors that run in a thread for each plugin. */
  readonly plugins?: readonly OutsidePlugin[];
  readonly pluginLimits?: PluginLimits;
  /** The compiled program of those threads; the one beside this file when unset. */
  readonly pluginThreadUrl?: URL;
  /** Unique among all processes, also over restarts. */
  readonly processId: string;
  readonly evaluateEveryMs?: number;
  /** A standby takes over at most a fifth longer than this after the holder died. */
  readonly leaseTtlMs?: number;
  readonly judge: Judge;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Epoch ms. */
  readonly now: () => number;
}

/**
 * Rejects, naming every problem, when a manifest's monitors cannot be planned or two monitors share a metric. `stop`
 * saves where each watch stood and gives its lease back, so that a standby continues at once.
 */
export async function startMonitors(options: MonitorsOptions): Promise<{ stop(): Promise<void> }> {
  const { redis, models, processId, metrics, leaseTtlMs = 5000, evaluateEveryMs = 5000 } = options;
  const { plugins = [], pluginLimits: limits = PLUGIN_LIMITS } = options;
  const threadUrl = options.pluginThreadUrl ?? new URL('./plugin-thread.js', import.meta.url);
  const definitions = [...options.definitions, ...plugins.map(({ definition }) => definition)];
  const log = options.log.child({ room: 'monitors' });
  const plans = planMonitors(
    models.map(({ manifest }) => manifest),
    definitions,
  );
  const gauges = createMeasurementGauges(metrics.registry, definitions);
  const runners = new Map(
    plugins.map((plugin) => [plugin.definition.name, startPluginRunner({ plugin, threadUrl, limits, log })]),
  );
  // A first evaluation finds them able to answer.
  await Promise.all([...runners.values()].map(({ ready }) => ready));

  const loops = models.map((model) => {
    const { name } = model.manifest;
    const lease = { key: options.keys.model(name).lease, owner: processId };
    const onHeld = (held: boolean) => {
      if (held) metrics.leases.set({ model: name }, 1);
      else metrics.leases.remove({ model: name });
    };
    return startLeaseLoop({
      acquire: () => acquireLease(redis.commands, { ...lease, ttlMs: leaseTtlMs }),
      release: () => releaseLease(redis.commands, lease),
      // Several tries before the lease is over: a busy machine may let some of them come late.
      everyMs: leaseTtlMs / 5,
      start: (onEnded) =>
        startModelWatch({
          ...options,
          model,
          plan: plans.get(name) ?? [],
          runners,
          owner: processId,
          evaluateEveryMs,
          gauges,
          onEnded,
        }),
      onHeld,
      log: log.child({ model: name }),
    });
  });

  return {
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
      await Promise.all([...runners.values()].map((runner) => runner.stop()));
      gauges.stop();
    },
  };
}

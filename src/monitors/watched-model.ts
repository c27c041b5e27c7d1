// One watched model without any I/O: its monitors, the stream positions they stand at, and both together as a snapshot.
import type { Logger } from 'pino';
import { z } from 'zod';
import type { MonitorReport } from '../events/monitor-report.js';
import { compareIds } from '../events/stream-position.js';
import type { Metrics } from '../metrics.js';
import { createMonitorHost, type MonitorHost } from './host.js';
import type { MonitorEvent, MonitorSubject } from './monitor.js';
import { createOutsideHost } from './outside-host.js';
import type { PlannedMonitor } from './plan.js';
import type { PluginRunner } from './plugin-runner.js';
import { settingsHash } from './settings-hash.js';

/** The last applied entry of each stream; `0-0` or nothing before any. */
export interface Positions {
  readonly predictions: string;
  readonly feedback: string;
  /** Of Vigie itself, which has no other. */
  readonly resources?: string | undefined;
}

const BEGINNING: Positions = { predictions: '0-0', feedback: '0-0' };

const entryId = z.string().regex(/^\d+-\d+$/);
const snapshotSchema = z.object({
  v: z.literal(1),
  version: z.int(),
  positions: z.object({ predictions: entryId, feedback: entryId, resources: entryId.optional() }),
  monitors: z.record(z.string(), z.object({ settings: z.string(), state: z.string() })),
});

/** The monitors of one model, as one state. */
export interface WatchedModel {
  /** Applies an entry whole, or passes over it (`event` undefined); either way the position moves on. */
  apply(stream: keyof Positions, id: string, event: MonitorEvent | undefined): void;
  positions(): Positions;
  /** All monitors at `now` (epoch ms) as they stand at this moment, in the order of the plan; bounded in time. */
  evaluate(now: number, lagSeconds: number): Promise<MonitorReport[]>;
  /** State and positions of this very moment, as JSON text, without the state of who does not give it in time. */
  snapshot(): Promise<string>;
  /** The snapshot from which the watch of another version begins where this one stands. */
  handOver(version: number): string;
  /** Takes up a snapshot; the state of other settings or another version is left out, one that is none altogether. */
  restore(text: string): void;
  /** Lets the monitors go; nothing may be called after it. */
  close(): void;
}

/**
 * Creates the monitors of `plan` for one version of a model, those with a runner (by monitor name) in its thread; events of
 * other versions move the position alone.
 */
export function createWatchedModel({
  plan,
  runners,
  ...watch
}: {
  readonly subject: MonitorSubject;
  readonly plan: readonly PlannedMonitor[];
  readonly runners?: ReadonlyMap<string, PluginRunner>;
  readonly metrics: Metrics;
  readonly log: Logger;
}): WatchedModel {
  const { subject, log } = watch;
  const hosts = plan.map((planned): MonitorHost => {
    const runner = runners?.get(planned.definition.name);
    const options = { ...watch, planned };
    return runner === undefined ? createMonitorHost(options) : createOutsideHost({ ...options, runner });
  });
  let positions = BEGINNING;

  return {
    apply: (stream, id, event) => {
      const own = event === undefined ? undefined : ofVersion(event, subject.version);
      if (own !== undefined) for (const host of hosts) host.update([own]);
      // What was read may come again, and what was passed over late.
      if (compareIds(id, positions[stream] ?? '0-0') > 0) positions = { ...positions, [stream]: id };
    },
    positions: () => positions,
    evaluate: (now, lagSeconds) =>
      Promise.all(hosts.map(async (host) => await host.evaluate(now, lagSeconds))),
    snapshot: async () => {
      // Taken before the first wait, as the states are: the positions move on meanwhile.
      const standing = positions;
      const states = await Promise.all(hosts.map(async (host) => await host.snapshot()));
      const monitors = hosts.flatMap((host, i) => {
        const state = states[i] ?? null;
        return state === null ? [] : [[host.name, { settings: settingsHash(host.settings), state }] as const];
      });
      return encodeSnapshot({
        v: 1,
        version: subject.version,
        positions: standing,
        monitors: Object.fromEntries(monitors),
      });
    },
    handOver: (version) => encodeSnapshot({ v: 1, version, positions, monitors: {} }),
    restore: (text) => {
      const saved = parseSnapshot(text);
      if (saved === undefined) {
        log.error('the snapshot cannot be read; the monitors start from the beginning of the streams');
        return;
      }
      ({ positions } = saved);
      if (saved.version !== subject.version) {
        log.warn(
          { was: saved.version, is: subject.version },
          'another version is watched now; monitors start afresh',
        );
        return;
      }
      for (const host of hosts) {
        const own = saved.monitors[host.name];
        if (own === undefined) continue;
        if (own.settings === settingsHash(host.settings)) host.restore(own.state);
        else log.warn({ monitor: host.name }, 'no state under these settings; the monitor starts afresh');
      }
    },
    close: () => {
      for (const host of hosts) host.close();
    },
  };
}

/** The version whose watch a snapshot continues; undefined when it is none. */
export function versionOf(snapshot: string): number | undefined {
  return parseSnapshot(snapshot)?.version;
}

type Snapshot = z.infer<typeof snapshotSchema>;

function encodeSnapshot(snapshot: Snapshot): string {
  return JSON.stringify(snapshot);
}

function parseSnapshot(text: string): Snapshot | undefined {
  try {
    return snapshotSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function ofVersion(event: MonitorEvent, version: number): MonitorEvent | undefined {
  if (event.kind === 'resource') return event;
  if (event.kind === 'prediction') return event.batch.version === version ? event : undefined;
  const items = event.batch.items.filter((item) => item.version === version);
  return items.length === 0 ? undefined : { kind: 'feedback', batch: { ...event.batch, items } };
}

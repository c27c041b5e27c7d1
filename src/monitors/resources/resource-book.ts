// All that is known of processes, machines, queues and Redis: bounded, saved and restored as one state.
import { z } from 'zod';
import type { ResourceSample } from '../monitor.js';
import { placeProcess, readPlaced, type PlacedProcess } from './process-places.js';
import type { ResourcesSettings } from './settings.js';
import { createWatchedResource, type WatchedResource } from './watched-resource.js';

const MOST_PROCESSES = 40;
const MOST_HOSTS = 24;
const MOST_QUEUES = 8;
const HOUR_MS = 3_600_000;

/** Resources by name, with when they were last told of (epoch ms). */
export interface BookEntry<Name extends string> {
  readonly lastAt: number;
  readonly resources: Readonly<Record<Name, WatchedResource>>;
}
export type ProcessEntry = BookEntry<'cpu' | 'memory' | 'heap' | 'eventLoop'> & {
  readonly process: PlacedProcess;
};
export type HostEntry = BookEntry<'memory' | 'disk'>;
export type SharedEntry = BookEntry<'used'>;

export interface ResourceBook {
  add(sample: ResourceSample): void;
  readonly processes: ReadonlyMap<string, ProcessEntry>;
  readonly hosts: ReadonlyMap<string, HostEntry>;
  readonly queues: ReadonlyMap<string, SharedEntry>;
  /** One entry, named `redis`. */
  readonly redis: ReadonlyMap<string, SharedEntry>;
  snapshot(): unknown;
  restore(state: unknown): void;
}

const savedSchema = z.array(
  z.strictObject({
    name: z.string(),
    lastAt: z.number(),
    process: z.unknown().optional(),
    resources: z.record(z.string(), z.unknown()),
  }),
);
const stateSchema = z.strictObject({
  processes: savedSchema.max(MOST_PROCESSES),
  hosts: savedSchema.max(MOST_HOSTS),
  queues: savedSchema.max(MOST_QUEUES),
  redis: savedSchema.max(1),
});

/** Where there are too many of a kind, the one not told of for longest goes; a process goes when it says that it ends. */
export function createResourceBook(chosen: ResourcesSettings): ResourceBook {
  const windowMs = chosen.window.seconds * 1000;
  const spanMs = chosen.trendHours * HOUR_MS;
  const level = () => createWatchedResource({ windowMs });
  const least = () => createWatchedResource({ windowMs, trend: { spanMs, keep: 'least' } });
  const mean = () => createWatchedResource({ windowMs, trend: { spanMs, keep: 'mean' } });
  const ofProcess = () => ({ cpu: level(), memory: least(), heap: least(), eventLoop: level() });
  const ofHost = () => ({ memory: mean(), disk: mean() });
  const ofShared = () => ({ used: mean() });

  const processes = new Map<string, ProcessEntry>();
  const hosts = new Map<string, HostEntry>();
  const queues = new Map<string, SharedEntry>();
  const redis = new Map<string, SharedEntry>();

  const addProcess = ({ at, host, processId: id, roles, process, machine, isLast }: ResourceSample) => {
    if (isLast) {
      processes.delete(id);
      return;
    }
    const known = processes.get(id);
    const others = [...processes.values()].map((entry) => entry.process);
    const { placed, left } =
      known === undefined
        ? placeProcess({ id, host, roles: roles.join('+'), at }, others, chosen.goneAfterSeconds * 1000)
        : { placed: { ...known.process, lastAt: at }, left: [] };
    for (const gone of left) processes.delete(gone);
    const { resources } = touch(processes, id, MOST_PROCESSES, {
      lastAt: at,
      process: placed,
      resources: known?.resources ?? ofProcess(),
    });
    resources.cpu.add(at, process.cpuShare, 1);
    resources.eventLoop.add(at, process.eventLoopDelaySeconds, 1);
    resources.memory.add(at, process.residentBytes, machine.memoryLimitBytes);
    resources.heap.add(at, process.heapUsedBytes, process.heapLimitBytes);
  };
  return {
    add: (sample) => {
      const { at, host, machine, disk } = sample;
      if (!Number.isFinite(at)) return;
      addProcess(sample);
      const entry = { lastAt: at, resources: hosts.get(host)?.resources ?? ofHost() };
      const { resources } = touch(hosts, host, MOST_HOSTS, entry);
      resources.memory.add(at, machine.memoryUsedBytes, machine.memoryLimitBytes);
      if (disk !== null) resources.disk.add(at, disk.totalBytes - disk.freeBytes, disk.totalBytes);
      for (const { name, waiting } of sample.queues) {
        const queue = { lastAt: at, resources: queues.get(name)?.resources ?? ofShared() };
        touch(queues, name, MOST_QUEUES, queue).resources.used.add(at, waiting, chosen.queueLimit);
      }
      if (sample.redis === null) return;
      const { usedBytes, limitBytes } = sample.redis;
      const server = { lastAt: at, resources: redis.get('redis')?.resources ?? ofShared() };
      touch(redis, 'redis', 1, server).resources.used.add(at, usedBytes, limitBytes);
    },
    ...{ processes, hosts, queues, redis },
    snapshot: () => ({
      processes: [...processes].map(([name, { process, ...entry }]) => ({ ...save(name, entry), process })),
      hosts: [...hosts].map(([name, entry]) => save(name, entry)),
      queues: [...queues].map(([name, entry]) => save(name, entry)),
      redis: [...redis].map(([name, entry]) => save(name, entry)),
    }),
    restore: (state) => {
      const held = stateSchema.parse(state);
      for (const { name, process, ...saved } of held.processes)
        processes.set(name, { process: readPlaced(process), ...load(saved, ofProcess()) });
      for (const { name, ...saved } of held.hosts) hosts.set(name, load(saved, ofHost()));
      for (const { name, ...saved } of held.queues) queues.set(name, load(saved, ofShared()));
      for (const { name, ...saved } of held.redis) redis.set(name, load(saved, ofShared()));
    },
  };
}

function touch<Entry extends { readonly lastAt: number }>(
  entries: Map<string, Entry>,
  name: string,
  most: number,
  entry: Entry,
): Entry {
  entries.set(name, entry);
  if (entries.size > most) {
    const longestAgo = [...entries].reduce((a, b) => (b[1].lastAt < a[1].lastAt ? b : a));
    entries.delete(longestAgo[0]);
  }
  return entry;
}

function save<Name extends string>(name: string, { lastAt, resources }: BookEntry<Name>) {
  const saved = Object.entries<WatchedResource>(resources).map(([key, one]) => [key, one.snapshot()]);
  return { name, lastAt, resources: Object.fromEntries(saved) as Record<string, unknown> };
}

function load<Name extends string>(
  { lastAt, resources }: { readonly lastAt: number; readonly resources: Readonly<Record<string, unknown>> },
  fresh: Readonly<Record<Name, WatchedResource>>,
): BookEntry<Name> {
  for (const [name, resource] of Object.entries<WatchedResource>(fresh)) resource.restore(resources[name]);
  return { lastAt, resources: fresh };
}

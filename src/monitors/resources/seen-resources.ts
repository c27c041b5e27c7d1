// What of the book is told of now: each resource with its name, its reading and its measurement, the fullest of each kind.
import type { Measurement } from '../monitor.js';
import type { NamedResource } from './judge-resource.js';
import { nameOf } from './process-places.js';
import type { ResourceBook } from './resource-book.js';
import type { Bounds, ResourcesSettings } from './settings.js';
import type { Reading, WatchedResource } from './watched-resource.js';

/** One resource that is told of now. */
export interface SeenResource {
  readonly named: NamedResource;
  readonly reading: Reading;
  readonly measurement: Measurement;
}

interface Kind {
  /** How keys and titles begin. */
  readonly key: string;
  readonly title: string;
  readonly unit: NamedResource['unit'];
  readonly bounds: Bounds;
  readonly metric: Pick<Measurement, 'name' | 'unit'>;
  readonly valueOf: (reading: Reading) => number;
}

interface Owner {
  /** Behind the prefix of the kind; nothing where there is but one. */
  readonly key: string;
  readonly title: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Of each kind at most `maxSeries`; what was not told of for `goneAfterSeconds` before `now` (epoch ms) is left out. */
export function seenResources(book: ResourceBook, chosen: ResourcesSettings, now: number): SeenResource[] {
  const isFresh = ({ lastAt }: { readonly lastAt: number }) => isFreshAt(lastAt, chosen, now);
  const see = (kind: Kind, owned: readonly (readonly [Owner, WatchedResource])[]): SeenResource[] =>
    owned
      .flatMap(([owner, resource]) => {
        const reading = resource.read(now);
        return reading === undefined ? [] : [toSeen(kind, owner, reading)];
      })
      .sort((a, b) => fullness(b.reading) - fullness(a.reading))
      .slice(0, chosen.maxSeries);

  const kinds = kindsOf(chosen);
  const processes = [...book.processes.values()].filter(isFresh).map(({ process, resources }) => {
    const [name, { host }] = [nameOf(process), process];
    const labels = { host, process: name };
    return { owner: { key: `:${host}/${name}`, title: ` of ${name} at ${host}`, labels }, resources };
  });
  const hosts = [...book.hosts].flatMap(([host, entry]) =>
    isFresh(entry)
      ? [{ owner: { key: `:${host}`, title: ` at ${host}`, labels: { host } }, resources: entry.resources }]
      : [],
  );
  const queues = [...book.queues].flatMap(([queue, entry]) =>
    isFresh(entry)
      ? [{ owner: { key: `:${queue}`, title: ` ${queue}`, labels: { queue } }, resources: entry.resources }]
      : [],
  );
  const redis = [...book.redis.values()].filter(isFresh);
  const ofProcesses = (name: 'cpu' | 'memory' | 'heap' | 'eventLoop') =>
    see(
      kinds[name],
      processes.map(({ owner, resources }) => [owner, resources[name]]),
    );
  return [
    ...(['cpu', 'memory', 'heap', 'eventLoop'] as const).flatMap(ofProcesses),
    ...see(
      kinds.machineMemory,
      hosts.map(({ owner, resources }) => [owner, resources.memory]),
    ),
    ...see(
      kinds.disk,
      hosts.map(({ owner, resources }) => [owner, resources.disk]),
    ),
    ...see(
      kinds.queue,
      queues.map(({ owner, resources }) => [owner, resources.used]),
    ),
    ...see(
      kinds.redisMemory,
      redis.map(({ resources }) => [{ key: '', title: '', labels: {} }, resources.used]),
    ),
  ];
}

/** Whether something told of at `lastAt` still counts; a clock may run ahead or behind by as much. */
export function isFreshAt(
  lastAt: number,
  { goneAfterSeconds }: Pick<ResourcesSettings, 'goneAfterSeconds'>,
  now: number,
): boolean {
  return Math.abs(now - lastAt) <= goneAfterSeconds * 1000;
}

function kindsOf(chosen: ResourcesSettings) {
  const used = { valueOf: (reading: Reading) => reading.used };
  const ratio = { valueOf: (reading: Reading) => reading.used / reading.limit };
  const free = { valueOf: (reading: Reading) => 1 - reading.used / reading.limit };
  return {
    cpu: {
      ...{ key: 'cpu', title: 'CPU use', bounds: chosen.cpu, unit: 'share', ...used },
      metric: { name: 'process_cpu_ratio', unit: 'ratio' },
    },
    memory: {
      ...{ key: 'memory', title: 'Memory', bounds: chosen.memory, unit: 'bytes', ...used },
      metric: { name: 'process_resident_bytes', unit: 'bytes' },
    },
    heap: {
      ...{ key: 'heap', title: 'JavaScript heap', bounds: chosen.heap, unit: 'bytes', ...ratio },
      metric: { name: 'process_heap_ratio', unit: 'ratio' },
    },
    eventLoop: {
      ...{ key: 'event-loop', title: 'Event-loop delay', bounds: chosen.eventLoop, unit: 'seconds', ...used },
      metric: { name: 'event_loop_delay_seconds', unit: 's' },
    },
    machineMemory: {
      ...{ key: 'memory', title: 'All memory', bounds: chosen.machineMemory, unit: 'bytes', ...ratio },
      metric: { name: 'machine_memory_ratio', unit: 'ratio' },
    },
    disk: {
      ...{ key: 'disk', title: 'Disk of the data folder', bounds: chosen.disk, unit: 'bytes', ...free },
      metric: { name: 'disk_free_ratio', unit: 'ratio' },
    },
    queue: {
      ...{ key: 'queue', title: 'Queue', bounds: chosen.queue, unit: 'jobs', ...used },
      metric: { name: 'queue_depth', unit: 'jobs' },
    },
    redisMemory: {
      ...{
        key: 'redis-memory',
        title: 'Memory of Redis',
        bounds: chosen.redisMemory,
        unit: 'bytes',
        ...used,
      },
      metric: { name: 'redis_memory_bytes', unit: 'bytes' },
    },
  } satisfies Record<string, Kind>;
}

function toSeen(kind: Kind, owner: Owner, reading: Reading): SeenResource {
  const { unit, bounds, metric, valueOf } = kind;
  return {
    named: { key: kind.key + owner.key, title: kind.title + owner.title, unit, bounds },
    reading,
    measurement: { ...metric, labels: { ...owner.labels }, value: valueOf(reading), n: reading.n },
  };
}

function fullness({ level, used, limit }: Reading): number {
  return (level ?? used) / limit;
}

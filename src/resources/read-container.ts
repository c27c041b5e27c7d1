// What the container or service of this process may use, and how much memory it does, from the kernel's control groups.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Undefined where there is no limit, or none that can be read. */
export interface ContainerLimits {
  /** May be a fraction. */
  readonly cores: number | undefined;
  /** The tightest limit and what is used of it, caches aside that the kernel would give back; in bytes. */
  readonly memory: { readonly limitBytes: number; readonly usedBytes: number } | undefined;
}

/** Reads version 2 and version 1 of control groups, the group of this process and those it lies in. Never throws. */
export async function readContainer({
  root = '/sys/fs/cgroup',
  membership = '/proc/self/cgroup',
} = {}): Promise<ContainerLimits> {
  const own = parseMembership((await readText(membership)) ?? '');
  const isV2 = (await readText(join(root, 'cgroup.controllers'))) !== undefined;
  if (isV2) {
    const folders = upwards(root, own.get('') ?? '/');
    return {
      cores: least(await Promise.all(folders.map(coresV2))),
      memory: tightest(await Promise.all(folders.map((folder) => memoryOf(folder, V2)))),
    };
  }
  const cpu = upwards(join(root, 'cpu'), own.get('cpu') ?? '/');
  const memory = upwards(join(root, 'memory'), own.get('memory') ?? '/');
  return {
    cores: least(await Promise.all(cpu.map(coresV1))),
    memory: tightest(await Promise.all(memory.map((folder) => memoryOf(folder, V1)))),
  };
}

type Memory = NonNullable<ContainerLimits['memory']>;

const V2 = { limit: 'memory.max', used: 'memory.current', cache: 'inactive_file' };
const V1 = { limit: 'memory.limit_in_bytes', used: 'memory.usage_in_bytes', cache: 'total_inactive_file' };

// Version 1 says "no limit" with the largest number of pages there can be.
const UNLIMITED = 2 ** 60;

/** Lines `<id>:<controllers>:<path>`; version 2 names no controller. */
function parseMembership(text: string): Map<string, string> {
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    // A path out of the container's own view is of no use here; the container's root stands for it.
    if (controllers === undefined || path === undefined || path.includes('..')) continue;
    for (const controller of controllers.split(',')) paths.set(controller, path);
  }
  return paths;
}

/** The folder of a group and of all it lies in, up to the root. */
function upwards(root: string, path: string): string[] {
  const folders = [root];
  for (let at = path; at !== '/' && at !== '.'; at = dirname(at)) folders.push(join(root, at));
  return folders;
}

async function coresV2(folder: string): Promise<number | undefined> {
  const [, quota, period] = /^(\d+) (\d+)/.exec((await readText(join(folder, 'cpu.max'))) ?? '') ?? [];
  return shareOf(Number(quota), Number(period));
}

async function coresV1(folder: string): Promise<number | undefined> {
  const [quota, period] = await Promise.all(
    ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((name) => readNumber(join(folder, name))),
  );
  return shareOf(quota ?? -1, period ?? 0);
}

function shareOf(quota: number, period: number): number | undefined {
  return quota > 0 && period > 0 ? quota / period : undefined;
}

async function memoryOf(folder: string, names: typeof V2): Promise<Memory | undefined> {
  const [limitBytes, used, stat] = await Promise.all([
    readNumber(join(folder, names.limit)),
    readNumber(join(folder, names.used)),
    readText(join(folder, 'memory.stat')),
  ]);
  if (limitBytes === undefined || used === undefined || limitBytes <= 0 || limitBytes >= UNLIMITED)
    return undefined;
  const cache = new RegExp(`^${names.cache} (\\d+)$`, 'm').exec(stat ?? '')?.[1];
  return { limitBytes, usedBytes: Math.max(0, used - Number(cache ?? 0)) };
}

function least(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function tightest(values: readonly (Memory | undefined)[]): Memory | undefined {
  return values
    .filter((value) => value !== undefined)
    .reduce<Memory | undefined>(
      (best, one) => (best === undefined || one.limitBytes < best.limitBytes ? one : best),
      undefined,
    );
}

async function readNumber(path: string): Promise<number | undefined> {
  const text = await readText(path);
  const value = text === undefined ? NaN : Number(text.trim() || NaN);
  return Number.isFinite(value) ? value : undefined;
}

function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

// Processor time and memory of processes and everything they have started, read from /proc; nothing on other systems.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A process that was started on purpose. */
export interface Root {
  readonly label: string;
  readonly pid: number;
}

/** All processes of one label together. */
export interface Usage {
  /** Of everything that runs or has ended, since it started. */
  readonly cpuSeconds: number;
  /** Without shared memory, which several processes of a database have in common. */
  readonly residentBytes: number;
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly ticks: number;
}

/**
 * Usage by label. A child has its parent's label unless it runs another program, whose name is then the label, as with a
 * private redis-server. Processor time of children that ended and were waited for is in their parent's.
 */
export function readUsage(roots: readonly Root[]): Map<string, Usage> {
  const usage = new Map<string, Usage>();
  if (!existsSync('/proc/self/stat')) return usage;
  const stats = readStats();
  const add = (stat: Stat, label: string) => {
    const known = usage.get(label);
    usage.set(label, {
      cpuSeconds: (known?.cpuSeconds ?? 0) + stat.ticks / ticksPerSecond(),
      residentBytes: (known?.residentBytes ?? 0) + residentBytes(stat.pid),
    });
    for (const child of stats) {
      if (child.parent === stat.pid) add(child, child.name === stat.name ? label : child.name);
    }
  };
  for (const { label, pid } of roots) {
    const stat = stats.find((found) => found.pid === pid);
    if (stat !== undefined) add(stat, label);
  }
  return usage;
}

/** Kills a process and everything it has started. */
export function killTree(pid: number): void {
  const stats = existsSync('/proc/self/stat') ? readStats() : [];
  const kill = (parent: number) => {
    const children = stats.filter((stat) => stat.parent === parent);
    try {
      process.kill(parent, 'SIGKILL');
    } catch {
      // Gone meanwhile.
    }
    for (const child of children) kill(child.pid);
  };
  kill(pid);
}

function readStats(): Stat[] {
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry);
    const text = Number.isInteger(pid) ? readIfThere(`/proc/${pid}/stat`) : '';
    // The name stands in brackets and may hold any character, brackets too.
    const end = text.lastIndexOf(')');
    if (end === -1) return [];
    const fields = text.slice(end + 2).split(' ');
    // Ended, and nobody has asked for its exit code yet.
    if (fields[0] === 'Z') return [];
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return [{ pid, parent: Number(fields[1]), name: text.slice(text.indexOf('(') + 1, end), ticks }];
  });
}

function residentBytes(pid: number): number {
  const text = readIfThere(`/proc/${pid}/status`);
  const bytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
  return bytes('VmRSS') - bytes('RssShmem');
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

let ticks: number | undefined;
const ticksPerSecond = () => (ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })));

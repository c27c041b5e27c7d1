// Limits are read from either version of control groups, the tightest of all levels, and their absence is no failure.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readContainer } from './read-container.js';

const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

async function groups(membership: string, files: Readonly<Record<string, string>>) {
  const root = await mkdtemp(join(tmpdir(), 'vigie-cgroup-'));
  folders.push(root);
  for (const [name, text] of Object.entries({ ...files, membership })) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return readContainer({ root, membership: join(root, 'membership') });
}

describe('the limits of a container', () => {
  it('are the tightest of its own group and those it lies in, without caches that would be given back', async () => {
    const limits = await groups('0::/house/vigie\n', {
      'cgroup.controllers': 'cpu memory\n',
      'house/cpu.max': '50000 100000\n',
      'house/memory.max': '1000\n',
      'house/memory.current': '700\n',
      'house/memory.stat': 'anon 400\ninactive_file 200\nactive_file 100\n',
      'house/vigie/cpu.max': 'max 100000\n',
      'house/vigie/memory.max': 'max\n',
      'house/vigie/memory.current': '300\n',
    });
    expect(limits).toEqual({ cores: 0.5, memory: { limitBytes: 1000, usedBytes: 500 } });
  });

  it('are those of the root where the path leads out of the container', async () => {
    const limits = await groups('0::/../other\n', {
      'cgroup.controllers': '',
      'cpu.max': '300000 100000',
      'memory.max': '5000',
      'memory.current': '10',
    });
    expect(limits).toEqual({ cores: 3, memory: { limitBytes: 5000, usedBytes: 10 } });
  });

  it('are read from version 1 too, whose largest number is no limit', async () => {
    const files = { 'cpu/cpu.cfs_quota_us': '150000', 'cpu/cpu.cfs_period_us': '100000' };
    const memory = { 'memory/memory.usage_in_bytes': '80', 'memory/memory.stat': 'total_inactive_file 30\n' };
    const limited = { ...files, ...memory, 'memory/memory.limit_in_bytes': '100' };
    expect(await groups('4:memory:/\n3:cpu,cpuacct:/\n', limited)).toEqual({
      cores: 1.5,
      memory: { limitBytes: 100, usedBytes: 50 },
    });
    const free = { ...limited, 'memory/memory.limit_in_bytes': '9223372036854771712' };
    expect((await groups('', free)).memory).toBeUndefined();
  });

  it('are none where there are no control groups', async () => {
    expect(await readContainer({ root: '/nowhere', membership: '/nowhere/else' })).toEqual({
      cores: undefined,
      memory: undefined,
    });
  });
});

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.js';
import { killTree, readUsage } from './process-tree.js';

let started: ChildProcess | undefined;
afterEach(() => {
  if (started?.pid !== undefined) killTree(started.pid);
});

/** A program that starts `sleep` and a child of its own kind that burns so many ms of processor time and ends. */
async function startFamily(burnMs: number): Promise<{ pid: number; sleeper: number }> {
  const burn = `while (process.cpuUsage().user < ${burnMs * 1000});`;
  const script = `
    const { spawn, execFileSync } = require('node:child_process');
    const { pid } = spawn('sleep', ['60']);
    execFileSync(process.execPath, ['-e', ${JSON.stringify(burn)}]);
    console.log(pid);
    setInterval(() => undefined, 1000);`;
  started = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = started.stdout ? ((await once(started.stdout, 'data')) as [Buffer]) : [];
  return { pid: started.pid ?? 0, sleeper: Number(line?.toString()) };
}

describe.skipIf(process.platform !== 'linux')('the usage of a process tree', () => {
  it('counts what has ended, names what is another program, and sums what is none', async () => {
    const { pid } = await startFamily(500);
    const usage = readUsage([{ label: 'family', pid }]);
    expect([...usage.keys()].sort()).toEqual(['family', 'sleep']);
    expect(usage.get('family')?.cpuSeconds).toBeGreaterThan(0.45);
    expect(usage.get('sleep')?.cpuSeconds).toBeLessThan(0.2);
    expect(usage.get('family')?.residentBytes).toBeGreaterThan(10 * 2 ** 20);
  });

  it('has nothing to say of a tree that was killed, children and all', async () => {
    const { pid, sleeper } = await startFamily(1);
    killTree(pid);
    await eventually(() => readUsage([{ label: 'family', pid }]).size === 0);
    await eventually(() => readUsage([{ label: 'sleep', pid: sleeper }]).size === 0);
  });
});

// A folder has one owner: what is refused, what is taken over, and what happens when many try together.
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runTypeScript, type OtherProcess } from '../../test/support/run-typescript.js';
import { takeOwnership } from './data-ownership.js';

const ADVICE = 'Stop it first.';
let dir: string;
let others: OtherProcess[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vigie-owner-'));
  others = [];
});
afterEach(async () => {
  await Promise.all(others.map((other) => other.kill()));
  await rm(dir, { recursive: true, force: true });
});

const inOtherProcess = () => {
  const module = JSON.stringify(new URL('./data-ownership.ts', import.meta.url));
  const other = runTypeScript(`
    import { takeOwnership } from ${module};
    const answer = await takeOwnership(${JSON.stringify(dir)}, 'x').then(() => 'owner', (error) => error.message);
    console.log(answer);
    setInterval(() => {}, 1000);`);
  others.push(other);
  return other;
};
const leaveClaim = async (claim: { pid: number; start: string; host: string }) => {
  const file = join(dir, 'owner-left.lock');
  await writeFile(file, JSON.stringify({ ...claim, held: true }));
  return file;
};

it('refuses the same process twice, and gives the folder back on release', async () => {
  const first = await takeOwnership(dir, ADVICE);
  await expect(takeOwnership(dir, ADVICE)).rejects.toThrow(
    `in use by process ${process.pid}. Stop it first.`,
  );
  await first.release();
  await (await takeOwnership(dir, ADVICE)).release();
  expect(await readdir(dir)).toEqual([]);
});

it('refuses while another process lives, naming it, and takes over when it was killed', async () => {
  const other = inOtherProcess();
  expect(await other.firstLine).toBe('owner');
  await expect(takeOwnership(dir, ADVICE)).rejects.toThrow(`in use by process ${other.pid}. Stop it first.`);
  await other.kill();
  const own = await takeOwnership(dir, ADVICE);
  expect(await readdir(dir)).toHaveLength(1);
  await own.release();
});

it('takes over from a process whose number another one has now', async () => {
  await leaveClaim({ pid: process.ppid, start: 'long ago', host: hostname() });
  await (await takeOwnership(dir, ADVICE)).release();
});

it('believes a claim of another host for as long as it is kept fresh', async () => {
  const file = await leaveClaim({ pid: 1, start: '1', host: 'another-host' });
  await expect(takeOwnership(dir, ADVICE)).rejects.toThrow('in use by process 1 on another-host.');
  const minuteAgo = new Date(Date.now() - 60_000);
  await utimes(file, minuteAgo, minuteAgo);
  await (await takeOwnership(dir, ADVICE)).release();
});

it('lets exactly one of many win, over a claim that was left', async () => {
  await leaveClaim({ pid: 2 ** 30, start: '1', host: hostname() });
  const answers = await Promise.all(Array.from({ length: 5 }, () => inOtherProcess().firstLine));
  expect(answers.filter((answer) => answer === 'owner')).toHaveLength(1);
  expect(answers.filter((answer) => answer.includes('in use by process'))).toHaveLength(4);
});

it('lets at most one of many calls in one process win', async () => {
  const taken = await Promise.allSettled(Array.from({ length: 10 }, () => takeOwnership(dir, ADVICE)));
  expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

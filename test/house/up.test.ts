// `npm run up` keeps what the README promises: a prediction, a line to paste, a clean end, and a second start.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findFreePort } from '../../src/redis/free-port.js';
import { eventually } from '../support/eventually.js';
import { hasCurl } from '../support/find-command.js';
import { startUp, type UpProcess } from '../support/up-process.js';
import { privateDataDir } from '../support/vigie-process.js';

const GREETING_ENDS = 'Ctrl-C stops everything.';

let data: { dir: string; remove(): Promise<void> };
let running: UpProcess | undefined;
beforeEach(async () => {
  data = await privateDataDir({ empty: true });
});
afterEach(async () => {
  running?.signal('SIGKILL', 'itself');
  await running?.ended;
  running = undefined;
  await data.remove();
});

async function start(port: number): Promise<UpProcess> {
  const up = await startUp({ PORT: String(port), DATA_DIR: data.dir });
  running = up;
  void up.ended.then(() => (running = undefined));
  return up;
}

const redisPid = async () => Number(await readFile(join(data.dir, 'redis', 'redis.pid'), 'utf8'));

/** Where Linux lists the children of a process. */
function childrenOf(pid: number): string {
  return `/proc/${pid}/task/${pid}/children`;
}

/** Neither running nor, where a container reaps nobody, more than a zombie. */
async function isGone(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return true;
  }
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return status.slice(status.lastIndexOf(')')).startsWith(') Z');
}

it('predicts, shows a line that works when it is pasted, ends on Ctrl-C and starts again', async () => {
  const port = await findFreePort();
  const first = await start(port);
  await first.shows(GREETING_ENDS);
  expect(first.screen()).toMatch(/answer {4}setosa, confidence 0\.\d{3}, after \d+ ms \(id [0-9a-f-]{36}\)/);

  const pasted = /^ *(curl -s .*)$/m.exec(first.screen())?.[1] ?? 'false';
  if (hasCurl()) {
    const { stdout } = await promisify(execFile)('sh', ['-c', pasted]);
    expect(JSON.parse(stdout)).toMatchObject({ data: { predict: { label: 'setosa' } } });
  }

  const redis = await redisPid();
  expect(await isGone(redis)).toBe(false);
  // A terminal tells the group, and npm tells its child once more.
  first.signal('SIGINT', 'group');
  first.signal('SIGINT', 'itself');
  expect(await first.ended).toBe(0);
  expect(first.screen()).toContain('Stopped.');
  expect(await isGone(redis)).toBe(true);

  const second = await start(port);
  await second.shows(GREETING_ENDS);
  expect(second.screen()).toContain('answer    setosa');
  const redisAgain = await redisPid();
  second.signal('SIGTERM', 'itself');
  expect(await second.ended).toBe(0);
  expect(await isGone(redisAgain)).toBe(true);
  const log = await readFile(join(data.dir, 'vigie.log'), 'utf8');
  expect(log.match(/"event":"ready"/g)).toHaveLength(2);
}, 180_000);

it('stops what it has started when it is told to before it is ready', async () => {
  const up = await start(await findFreePort());
  await up.shows('Starting ...');
  up.signal('SIGINT', 'itself');
  expect(await up.ended).toBe(0);
  const redis = await redisPid().catch(() => 0);
  expect(redis === 0 || (await isGone(redis))).toBe(true);
}, 90_000);

it.runIf(existsSync(childrenOf(process.pid)))(
  'leaves nothing behind when it is killed, even before the program knows who started it',
  async () => {
    const up = await start(await findFreePort());
    await up.shows('Starting ...');
    const program = Number(await eventually(() => readFile(childrenOf(up.pid), 'utf8')));
    up.signal('SIGKILL', 'itself');
    await up.ended;
    await eventually(() => isGone(program), { timeoutMs: 60_000 });
    await expect(redisPid()).rejects.toThrow('ENOENT');
  },
  120_000,
);

it('says which port is taken and how to choose another, and starts nothing', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const up = await start(port);
  expect(await up.ended).toBe(1);
  expect(up.screen()).toContain(`Port ${port} is taken`);
  expect(up.screen()).toContain(`PORT=${port + 1} npm run up`);
  await expect(stat(join(data.dir, 'redis'))).rejects.toThrow('ENOENT');
  other.close();
}, 90_000);

it('says which setting is wrong, in words and without a stack', async () => {
  const up = await startUp({
    PORT: String(await findFreePort()),
    DATA_DIR: data.dir,
    WORKER_CONCURRENCY: 'many',
  });
  expect(await up.ended).toBe(1);
  expect(up.screen()).toContain('WORKER_CONCURRENCY');
  expect(up.screen()).not.toMatch(/^\s+at /m);
}, 90_000);

// The private Redis: its data outlives stops, crashes and killed owners, and no folder ever has two servers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis } from '../../src/redis/connect.js';
import { startEmbeddedRedis, type EmbeddedRedis } from '../../src/redis/embedded-redis.js';
import { provideRedisServer } from '../../src/redis/install-redis.js';
import type { RedisConnections } from '../../src/redis/redis-client.js';
import { eventually } from '../support/eventually.js';
import { silent } from '../support/redis-room.js';

let dataDir: string;
const cleanups: (() => Promise<void>)[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'vigie-embedded-'));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedRedis> {
  const embedded = await startEmbeddedRedis({ dataDir, allowInstall: false, log: silent });
  cleanups.push(() => embedded.stop());
  return embedded;
}

async function connect(
  server: Pick<EmbeddedRedis, 'url'> & Partial<EmbeddedRedis>,
): Promise<RedisConnections> {
  const redis = await connectRedis({ ...server, log: silent });
  cleanups.push(() => redis.close());
  return redis;
}

/** A process of its own that has the folder, and the URL of its server. */
async function startOwner() {
  const script = join(import.meta.dirname, '..', 'support', 'embedded-redis-owner.ts');
  const owner = spawn(process.execPath, ['--import', 'tsx', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [announced] = (await once(owner.stdout, 'data')) as [Buffer];
  return { owner, url: announced.toString('utf8').trim() };
}

const serverPid = async () => Number(await readFile(join(dataDir, 'redis', 'redis.pid'), 'utf8'));

async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
  return !status.slice(status.lastIndexOf(')')).startsWith(') Z');
}

describe('an embedded Redis', () => {
  it('keeps its data from one start to the next and leaves no process', async () => {
    const first = await start();
    const before = await connect(first);
    await before.commands.set('kept', 'yes');
    expect(await before.commands.configGet(['appendonly', 'appendfsync', 'maxmemory-policy'])).toEqual({
      appendonly: 'yes',
      appendfsync: 'everysec',
      'maxmemory-policy': 'noeviction',
    });
    const pid = await serverPid();
    await first.stop();
    expect(await isRunning(pid)).toBe(false);

    const second = await start();
    expect(second.url).not.toBe(first.url);
    expect(await (await connect(second)).commands.get('kept')).toBe('yes');
  });

  it('asks for a password, which nobody else can read', async () => {
    const { url } = await start();
    const { password, host } = new URL(url);
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    await expect(connectRedis({ url: `redis://${host}`, log: silent })).rejects.toThrow(/NOAUTH/);
    const commandLine = await readFile(`/proc/${await serverPid()}/cmdline`, 'utf8');
    expect(commandLine).not.toContain(password);
    for (const name of await readdir(join(dataDir, 'redis'))) {
      const file = join(dataDir, 'redis', name);
      const { mode } = await stat(file);
      const readable = (await stat(file)).isFile() && (await readFile(file, 'utf8')).includes(password);
      if (readable) expect(mode & 0o077).toBe(0);
    }
  });

  it('is had by a socket in its folder, which is for its user alone', async () => {
    const embedded = await start();
    const { socketPath = '' } = embedded;
    expect((await stat(socketPath)).mode & 0o777).toBe(0o700);
    const redis = await connect(embedded);
    expect((await redis.commands.clientInfo()).addr).toBe('redis.sock:0');
    expect((await (await connect({ url: embedded.url })).commands.clientInfo()).addr).toMatch(
      /^127\.0\.0\.1:/,
    );
    await embedded.stop();
    await expect(stat(socketPath)).rejects.toThrow('ENOENT');
  });

  it('does without where its folder holds no socket', async () => {
    const taken = join(dataDir, 'redis', 'redis.sock', 'something');
    await mkdir(taken, { recursive: true });
    const embedded = await start();
    expect(embedded.socketPath).toBeUndefined();
    expect(await (await connect(embedded)).commands.ping()).toBe('PONG');
  });

  it('does without where the address of one would be too long', async () => {
    const parent = dataDir;
    cleanups.push(() => rm(parent, { recursive: true, force: true }));
    dataDir = join(parent, 'a'.repeat(60), 'b'.repeat(60));
    const embedded = await start();
    expect(embedded.socketPath).toBeUndefined();
    expect(await (await connect(embedded)).commands.ping()).toBe('PONG');
  });

  it('comes back on the same address with its data when the server is killed', async () => {
    const redis = await connect(await start());
    await redis.commands.set('kept', 'yes');
    for (let round = 0; round < 2; round += 1) {
      const pid = await serverPid();
      process.kill(pid, 'SIGKILL');
      await eventually(() => !redis.ready(), { timeoutMs: 5000 });
      await eventually(() => redis.ready(), { timeoutMs: 10_000 });
      expect(await redis.commands.get('kept')).toBe('yes');
      expect(await serverPid()).not.toBe(pid);
    }
  });

  it('takes over the folder, data and all, of an owner that was killed', async () => {
    const { owner, url } = await startOwner();
    const orphaned = await connect({ url });
    await orphaned.commands.set('kept', 'yes');
    const pid = await serverPid();

    await expect(start()).rejects.toThrow(`in use by process ${owner.pid ?? 0}`);

    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(await isRunning(pid)).toBe(true);
    const begun = performance.now();
    const next = await start();
    // A claim that had to grow stale first would take a quarter of a minute.
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(await isRunning(pid)).toBe(false);
    expect(await (await connect(next)).commands.get('kept')).toBe('yes');
  });

  it('ends the server that was left behind on a folder named from the working folder, as by default', async () => {
    dataDir = relative(process.cwd(), dataDir);
    const { owner } = await startOwner();
    const pid = await serverPid();
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await connect(await start());
    expect(await isRunning(pid)).toBe(false);
  });

  it('can be stopped while its server is being started again', async () => {
    const embedded = await startEmbeddedRedis({ dataDir, allowInstall: false, log: silent });
    const killed = await serverPid();
    process.kill(killed, 'SIGKILL');
    await eventually(async () => !(await isRunning(killed)));
    await embedded.stop();
    const last = await readFile(join(dataDir, 'redis', 'redis.pid'), 'utf8').catch(() => String(killed));
    expect(await isRunning(Number(last))).toBe(false);
  });
});

describe('a machine without a Redis server', () => {
  const none = () => Promise.resolve([]);

  it('is told the exact commands when nothing may be installed', async () => {
    const attempt = provideRedisServer({ allowInstall: false, log: silent, list: none });
    await expect(attempt).rejects.toThrow(
      /apt-get install -y redis-server[^]*brew install redis[^]*docker run -d -p 6379:6379/,
    );
  });

  it('gets one installed when it may, and is told what went wrong when that fails', async () => {
    const installer = (command: string, allowed = true) => ({
      name: command,
      isAllowed: () => Promise.resolve(allowed),
      commands: [[command]] as const,
    });
    let looks = 0;
    const found = { path: 'redis-server', version: '7.0.15', recentEnough: true };
    const list = () => Promise.resolve((looks += 1) > 1 ? [found] : []);
    const installers = [installer('false', false), installer('true')];
    expect(await provideRedisServer({ allowInstall: true, log: silent, installers, list })).toEqual(found);

    const old = { path: '/usr/bin/redis-server', version: '6.0.16', recentEnough: false };
    const failing = provideRedisServer({
      allowInstall: true,
      log: silent,
      installers: [installer('false')],
      list: () => Promise.resolve([old]),
    });
    await expect(failing).rejects.toThrow(/version 6\.0\.16, which is too old[^]*false failed[^]*REDIS_URL/);
  });
});

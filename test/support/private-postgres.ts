// A real PostgreSQL server for one test file: own port, own folder, and it can be killed and started again.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { findFreePort } from '../../src/redis/free-port.js';
import { eventually } from './eventually.js';
import { onProcessEnd } from './on-process-end.js';

export interface PrivatePostgres {
  /** Of the database `postgres`. */
  readonly url: string;
  readonly port: number;
  /** Process id of the running server. */
  pid(): number;
  /** Makes an empty database; answers its URL. */
  createDatabase(name: string): Promise<string>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
  /** Fast shutdown as an operator does it; the data stays. */
  shutDown(): Promise<void>;
  /** SIGKILL; resolves when the server and all its children are gone. */
  kill(): Promise<void>;
  /** Same port, same data; resolves when it answers. */
  restart(): Promise<void>;
}

/** False where PostgreSQL is not installed; with VIGIE_REQUIRE_POSTGRES=1 that is an error instead. */
export function postgresAvailable(): boolean {
  if (findBinaries() !== undefined) return true;
  if (process.env['VIGIE_REQUIRE_POSTGRES'] === '1') throw new Error(MISSING);
  return false;
}

/** Starts a server on a free port of 127.0.0.1 with trust authentication; unless `durable` it does not wait for its disk. */
export async function startPrivatePostgres({ durable = false } = {}): Promise<PrivatePostgres> {
  const binaries = findBinaries();
  if (binaries === undefined) throw new Error(MISSING);
  const account = accountOf();
  const dir = await mkdtemp(join(tmpdir(), 'vigie-postgres-'));
  if (account !== undefined) await chown(dir, account.uid, account.gid);
  const data = join(dir, 'data');
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(binaries, 'initdb'), initdb, { ...account, cwd: dir, stdio: 'pipe' });
  const port = await findFreePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const fsync = durable ? 'on' : 'off';
  const settings = [
    `fsync=${fsync}`,
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    `unix_socket_directories=`,
  ];
  const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  let child: ChildProcess | undefined;
  const start = async () => {
    // After a kill the old server's children hold the folder for a moment, and a new one refuses it.
    await eventually(
      async () => {
        if (child === undefined || hasEnded(child)) {
          child = spawn(join(binaries, 'postgres'), args, { ...account, cwd: dir, stdio: 'ignore' });
        }
        await query(url, 'SELECT 1');
        return true;
      },
      { timeoutMs: 20_000 },
    );
  };
  const end = async (signal: NodeJS.Signals) => {
    if (child === undefined || hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  const keep = onProcessEnd(() => {
    child?.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  });
  await start();
  return {
    url,
    port,
    pid: () => child?.pid ?? 0,
    createDatabase: async (name) => {
      await query(url, `CREATE DATABASE ${name}`);
      return new URL(`/${name}`, url).href;
    },
    stop: async () => {
      keep();
      await end('SIGQUIT');
      await rm(dir, { recursive: true, force: true });
    },
    shutDown: () => end('SIGINT'),
    kill: async () => {
      // The server's children outlive it by a moment, in which one may still answer a query.
      const children = childrenOf(child?.pid);
      await end('SIGKILL');
      for (const pid of children) signal(pid, 'SIGKILL');
      await eventually(() => children.every((pid) => !signal(pid, 0)));
    },
    restart: async () => {
      await end('SIGINT');
      await start();
    },
  };
}

const MISSING =
  'These tests need PostgreSQL 15+ (apt install postgresql); initdb and postgres were not found by pg_config, below /usr/lib/postgresql or in PATH.';

function findBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const path = (process.env['PATH'] ?? '').split(':').filter((dir) => dir !== '');
  return [...pgConfigBinaries(), ...versions.map((version) => join(debian, version, 'bin')), ...path].find(
    (dir) => ['initdb', 'postgres'].every((name) => existsSync(join(dir, name))),
  );
}

function pgConfigBinaries(): string[] {
  try {
    return [execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: 'pipe' }).trim()];
  } catch {
    return [];
  }
}

/** PostgreSQL refuses to run as root; its packages bring an account of their own. */
function accountOf(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function childrenOf(parent: number | undefined): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=', '-o', 'ppid='], { encoding: 'utf8' });
  const rows = table.trim().split('\n');
  return rows
    .map((row) => row.trim().split(/\s+/).map(Number))
    .flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []));
}

/** False when there is no such process any more; 0 only asks. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end();
  }
}

// Finds a Redis server on this machine that is new enough to be run as a private child.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const BINARIES = ['redis-server', 'valkey-server'];
// The empty one stands for the PATH this process was given; the others may be missing from it (services, cron).
const FOLDERS = ['', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/home/linuxbrew/.linuxbrew/bin'];
const OLDEST_MAJOR = 7;

export interface RedisServer {
  /** A path, or a bare name that is on the PATH. */
  readonly path: string;
  readonly version: string;
  readonly recentEnough: boolean;
}

/** The first Redis 7+ or Valkey on the PATH or in the usual folders; undefined when there is none. */
export async function findRedisServer(): Promise<RedisServer | undefined> {
  return (await listRedisServers()).find((server) => server.recentEnough);
}

/** Every Redis or Valkey server found, those that are too old included. */
export async function listRedisServers(): Promise<readonly RedisServer[]> {
  const candidates = BINARIES.flatMap((name) => FOLDERS.map((folder) => join(folder, name)));
  const servers = await Promise.all(candidates.map(inspect));
  return servers.filter((server) => server !== undefined);
}

async function inspect(path: string): Promise<RedisServer | undefined> {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: 5000 });
    const [, version, major] = /v=((\d+)[.\d]*)/.exec(stdout) ?? [];
    if (version === undefined) return undefined;
    return { path, version, recentEnough: Number(major) >= OLDEST_MAJOR };
  } catch {
    return undefined;
  }
}

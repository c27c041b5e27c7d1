// Finds a Redis server for the private child, or installs one with the system's package manager, or says how to.
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { listRedisServers, type RedisServer } from './find-redis-server.js';

/** A command and its arguments. */
type Command = readonly [string, ...string[]];

export interface Installer {
  readonly name: string;
  isAllowed(): Promise<boolean>;
  readonly commands: readonly Command[];
}

const APT: Installer = {
  name: 'apt',
  isAllowed: async () => process.getuid?.() === 0 && (await exists('/usr/bin/apt-get')),
  commands: [
    ['apt-get', 'update'],
    [
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      'install',
      '-y',
      '--no-install-recommends',
      'redis-server',
    ],
  ],
};
const BREW: Installer = {
  name: 'brew',
  // Homebrew refuses to run as root.
  isAllowed: async () =>
    process.platform === 'darwin' &&
    process.getuid?.() !== 0 &&
    ((await exists('/opt/homebrew/bin/brew')) || (await exists('/usr/local/bin/brew'))),
  commands: [['brew', 'install', 'redis']],
};

const INSTRUCTIONS = `Redis 7 or newer is needed. Do one of these and start again:
  Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y redis-server
  macOS:           brew install redis
  Docker:          docker run -d -p 6379:6379 redis:7 redis-server --appendonly yes --maxmemory-policy noeviction
                   and set REDIS_URL=redis://127.0.0.1:6379`;

/**
 * A Redis 7+ or Valkey on this machine. Installs one when there is none, `allowInstall` is set and the system lets it (root on Debian or
 * Ubuntu, Homebrew on macOS), saying so in the log; otherwise throws one error with the commands to run.
 */
export async function provideRedisServer({
  allowInstall,
  log,
  installers = [APT, BREW],
  list = listRedisServers,
}: {
  readonly allowInstall: boolean;
  readonly log: Logger;
  readonly installers?: readonly Installer[];
  readonly list?: () => Promise<readonly RedisServer[]>;
}): Promise<RedisServer> {
  const found = await list();
  const usable = found.find((server) => server.recentEnough);
  if (usable !== undefined) return usable;

  const problems = found.map(({ path, version }) => `${path} is version ${version}, which is too old.`);
  for (const installer of allowInstall ? installers : []) {
    if (!(await installer.isAllowed())) continue;
    try {
      await install(installer, log);
      const installed = (await list()).find((server) => server.recentEnough);
      if (installed !== undefined) return installed;
      problems.push(`${installer.name} installed no Redis 7 or newer.`);
    } catch (error) {
      problems.push(
        `${installer.name} failed: ${error instanceof Error ? error.message.trim() : String(error)}`,
      );
    }
  }
  throw new Error([...problems, INSTRUCTIONS].join('\n'));
}

async function install({ name, commands }: Installer, log: Logger): Promise<void> {
  // Marked as a step of starting, so that `npm run up` shows why the start takes its time.
  log.info(
    { event: 'starting' },
    `no Redis 7 or newer found; installing one with ${name}, up to some minutes`,
  );
  for (const [command, ...args] of commands) {
    log.debug({ command: [command, ...args].join(' ') }, 'installing');
    await promisify(execFile)(command, args, { timeout: 300_000, maxBuffer: 16 * 1024 * 1024 });
  }
  // The package starts a service of its own on 6379. Vigie runs its private server, so that one is not left running.
  if (name !== 'apt' || !(await exists('/run/systemd/system'))) return;
  await promisify(execFile)('systemctl', ['disable', '--now', 'redis-server']).catch((error: unknown) =>
    log.debug({ reason: String(error) }, 'the service of the package was not stopped'),
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

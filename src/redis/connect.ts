// Connects to Redis: a command connection that fails at once while Redis is away, and blocking ones that wait for it.
import { createClient } from 'redis';
import type { Logger } from 'pino';
import { within } from '../time-limit.js';
import { checkServerSettings } from './check-server-settings.js';
import { watchHealth } from './watch-health.js';
import type { RedisClient, RedisConnections } from './redis-client.js';

const LONGEST_RETRY_MS = 500;
const CLOSE_WITHIN_MS = 2000;

/** Which server, and how long to wait for it at the start. */
export interface ConnectOptions {
  /** redis:// or rediss://; its password is never logged. */
  readonly url: string;
  /** A socket of the same server on this machine, taken instead of its address. */
  readonly socketPath?: string | undefined;
  readonly log: Logger;
  /** How long to wait for the first answer before giving up; later outages are waited out for ever. */
  readonly firstAnswerWithinMs?: number;
}

/** Resolves when Redis answered a first time; throws when the URL or password is wrong or nothing answers in time. */
export async function connectRedis(options: ConnectOptions): Promise<RedisConnections> {
  const { url, firstAnswerWithinMs = 30_000 } = options;
  const address = addressOf(url);
  const log = options.log.child({ room: 'redis', address });
  const blockers = new Set<RedisClient>();

  const commands = createRedisClient(options, { offlineQueue: false, idleMs: 5000 });
  const health = watchHealth(commands, log, () => {
    // A reader that waits on the old socket would wait for ever.
    for (const client of [...blockers]) {
      resetConnection(client);
      blockers.add(client);
    }
    resetConnection(commands);
  });
  commands.connect().catch(() => undefined);
  try {
    await health.firstAnswer(firstAnswerWithinMs);
  } catch (error) {
    health.stop();
    commands.destroy();
    throw new Error(`Redis at ${address} cannot be used: ${messageOf(error)}`, { cause: error });
  }
  await checkServerSettings(commands, log);

  return {
    commands,
    ready: () => health.ready(),
    onChange: (listener) => health.onChange(listener),
    blocking: async (name) => {
      const client = createRedisClient(options, { offlineQueue: true, idleMs: 15_000, name });
      client.on('error', (error: unknown) =>
        log.debug({ name, reason: messageOf(error) }, 'reader disconnected'),
      );
      blockers.add(client);
      client.on('end', () => blockers.delete(client));
      await client.connect();
      return client;
    },
    close: async () => {
      health.stop();
      for (const client of [...blockers]) client.destroy();
      await within(CLOSE_WITHIN_MS, commands.close(), 'no answer').catch(() => undefined);
      commands.destroy();
    },
  };
}

/** Drops the socket under every waiting command and connects anew; does nothing while a connection is being made. */
function resetConnection(client: RedisClient): void {
  if (!client.isReady) return;
  client.destroy();
  client.connect().catch(() => undefined);
}

function createRedisClient(
  { url, socketPath }: Pick<ConnectOptions, 'url' | 'socketPath'>,
  { offlineQueue, idleMs, name }: { offlineQueue: boolean; idleMs: number; name?: string },
): RedisClient {
  const server = socketPath === undefined ? { url } : { password: decodeURIComponent(new URL(url).password) };
  return createClient({
    ...server,
    ...(name === undefined ? {} : { name: name.replaceAll(/[^\w.:-]/g, '-') }),
    disableOfflineQueue: !offlineQueue,
    // The library's own limit covers only commands not sent yet and costs a timer each; the watch covers all.
    commandOptions: { timeout: 0 },
    maintNotifications: 'disabled',
    socket: {
      ...(socketPath !== undefined && { path: socketPath, tls: false }),
      connectTimeout: 2000,
      socketTimeout: idleMs,
      reconnectStrategy: (retries) => Math.min(25 * 2 ** Math.min(retries, 10), LONGEST_RETRY_MS),
    },
  });
}

function addressOf(url: string): string {
  // The library's own error would carry the URL with its password.
  if (!URL.canParse(url))
    throw new Error('The Redis URL cannot be read; it looks like redis://:password@host:6379.');
  const { protocol, host } = new URL(url);
  if (protocol !== 'redis:' && protocol !== 'rediss:') {
    throw new Error(`The Redis URL starts with ${protocol}//, it must be redis:// or rediss://.`);
  }
  return host;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

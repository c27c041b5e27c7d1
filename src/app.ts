// Puts a process together: infrastructure, then its roles, then its door; and takes it apart in the opposite order.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Config } from './config.js';
import { createIds } from './create-ids.js';
import { createEventWriter } from './events/event-writer.js';
import { createLog } from './log.js';
import { createMetrics } from './metrics.js';
import { createProducer } from './queue/producer.js';
import { connectRedis } from './redis/connect.js';
import { startEmbeddedRedis } from './redis/embedded-redis.js';
import { createKeys } from './redis/keys.js';
import { loadRegistry } from './registry/load-registry.js';
import { startApiRole } from './roles/api.role.js';
import { startDoor } from './roles/door.js';
import { checkDependencies } from './roles/health.js';
import type { House } from './roles/house.js';
import { sampleResources } from './roles/sample-resources.js';
import { startMonitorRole } from './roles/monitor.role.js';
import { startWorkerRole } from './roles/worker.role.js';
import { createStopList } from './stop-list.js';
import { openStore } from './store/open-store.js';

export interface App {
  readonly url: string;
  /** Stops in order, each part within what is left of the grace; resolves when all is closed. */
  stop(): Promise<void>;
}

const LATE_PARTS_MS = 3000;

const packageSchema = z.object({ version: z.string() });

/**
 * Starts a process with the roles of its settings. Rejects, with everything closed again, when a part cannot start or
 * `signal` asks it to stop before it is ready.
 */
export async function startApp(config: Config, signal: AbortSignal): Promise<App> {
  const { version } = packageSchema.parse(createRequire(import.meta.url)('../package.json'));
  const log = createLog(config.logLevel, { service: 'vigie', version, roles: config.roles.join(',') });
  const stops = createStopList({ graceMs: config.stopGraceMs, log });
  const starting = start(config, version, log, stops.add);
  try {
    const url = await Promise.race([starting, aborted(signal)]);
    log.info({ event: 'ready', url }, 'ready');
    log.flush();
    return { url, stop: () => stops.run() };
  } catch (error) {
    await stops.run();
    // What was on its way when the start was given up is stopped as it arrives.
    await Promise.race([starting.catch(() => undefined), delay(LATE_PARTS_MS)]);
    await stops.run();
    throw error;
  }
}

async function start(
  config: Config,
  version: string,
  log: ReturnType<typeof createLog>,
  onStop: House['onStop'],
): Promise<string> {
  const has = (role: Config['roles'][number]) => config.roles.includes(role);
  const now = () => Date.now();
  const createId = createIds(now);
  const metrics = createMetrics();
  const needsStore = has('api') || has('monitor');
  if (config.redis.url === undefined || needsStore) makeDataDir(config.dataDir);

  const { modelsDir, reloadModelsMs: reloadMs } = config;
  const registry = await loadRegistry({ modelsDir, reloadMs, metrics, log });
  onStop('models', () => registry.stop());
  // The two databases start side by side; each says by itself how to stop it, also when the other fails.
  const [redis, store] = await Promise.all([
    openRedis(config, log, onStop),
    needsStore ? openDatabase(config, log, onStop, now) : undefined,
  ]);

  const keys = createKeys(config.redis.prefix);
  const writer = createEventWriter({ redis, log, now });
  onStop('event writer', () => writer.stop());
  const producer = createProducer({ redis, keys });
  onStop('queues', () => producer.close());
  const house: House = {
    config,
    log,
    metrics,
    redis,
    keys,
    registry,
    writer,
    producer,
    processId: createId(),
    createId,
    now,
    onStop,
  };
  sampleResources(house);
  if (store !== undefined && has('monitor')) await startMonitorRole(house, store);
  if (has('worker')) await startWorkerRole(house);
  const api = store !== undefined && has('api') ? await startApiRole(house, store, version) : undefined;
  const checks = api?.checks ?? (() => checkDependencies(redis, store, undefined));
  return await startDoor(house, checks, api);
}

function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`DATA_DIR ${dataDir} cannot be used: ${reason}`, { cause });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const giveUp = () => reject(new Error('Stopped before it was ready.'));
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}

async function openRedis(config: Config, log: ReturnType<typeof createLog>, onStop: House['onStop']) {
  const { url } = config.redis;
  const server = url === undefined ? await openEmbeddedRedis(config, log, onStop) : { url };
  const redis = await connectRedis({ ...server, log });
  onStop('Redis connections', () => redis.close());
  return redis;
}

async function openEmbeddedRedis(
  { dataDir, redis: { allowInstall } }: Config,
  log: ReturnType<typeof createLog>,
  onStop: House['onStop'],
) {
  const embedded = await startEmbeddedRedis({ dataDir, allowInstall, log });
  onStop('embedded Redis', () => embedded.stop());
  return embedded;
}

async function openDatabase(
  config: Config,
  log: ReturnType<typeof createLog>,
  onStop: House['onStop'],
  now: () => number,
) {
  const { url } = config.database;
  const store = await openStore({
    ...(url !== undefined && { databaseUrl: url }),
    dataDir: config.dataDir,
    log,
    now,
  });
  onStop('store', () => store.close());
  return store;
}

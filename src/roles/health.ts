// How this process and what it leans on are; answers also while parts are away.
import type { RedisConnections } from '../redis/redis-client.js';
import type { Registry } from '../registry/registry.js';
import type { DependencyState, HealthReport, HealthWord } from '../resolvers/faces.js';
import type { Store } from '../store/store.js';
import type { MonitorReports } from '../monitors/monitor-reports.js';
import type { WorkerWatch } from '../queue/watch-workers.js';

const PING_MS = 1000;

/** Redis carries every prediction, so without it nothing works; without Postgres predictions go on. */
export async function checkDependencies(
  redis: RedisConnections,
  store: Store | undefined,
  workers: WorkerWatch | undefined,
): Promise<DependencyState[]> {
  const checks: DependencyState[] = [
    redis.ready()
      ? { name: 'redis', status: 'ok', detail: null }
      : { name: 'redis', status: 'down', detail: 'does not answer; predictions fail until it does' },
  ];
  if (store !== undefined) checks.push(await checkStore(store));
  if (workers !== undefined) {
    const count = workers.count();
    checks.push(
      count > 0
        ? { name: 'workers', status: 'ok', detail: `${count} seen` }
        : { name: 'workers', status: 'down', detail: 'none seen; predictions fail until one comes' },
    );
  }
  return checks;
}

async function checkStore(store: Store): Promise<DependencyState> {
  return await store.ping(PING_MS).then(
    () => ({ name: 'postgres', status: 'ok', detail: null }),
    () => ({
      name: 'postgres',
      status: 'degraded',
      detail: 'does not answer; predictions go on, history waits, the record catches up',
    }),
  );
}

/** Makes the answer of the `health` query. */
export function createHealth(options: {
  readonly redis: RedisConnections;
  readonly store: Store;
  readonly registry: Registry;
  readonly workers: WorkerWatch;
  readonly reports: MonitorReports;
  readonly version: string;
}): () => Promise<HealthReport> {
  const { redis, store, registry, workers, reports, version } = options;
  return async () => {
    const [dependencies, found] = await Promise.all([
      checkDependencies(redis, store, workers),
      reports().catch(() => []),
    ]);
    const models = registry.models().map(({ manifest, production }) => {
      const loaded = workers.hasLoaded(manifest.name, production.version);
      const troubled = found.some(
        (report) =>
          report.model === manifest.name &&
          (report.health.status !== 'ok' ||
            report.findings.some(({ status }) => status === 'warning' || status === 'critical')),
      );
      const status: HealthWord = !loaded ? 'down' : troubled ? 'degraded' : 'ok';
      return { model: manifest.name, version: production.version, loaded, status };
    });
    return {
      status: overall(dependencies, models),
      version,
      uptimeSeconds: process.uptime(),
      dependencies,
      models,
    };
  };
}

/** Down only when a dependency is: one model in trouble degrades the service. */
function overall(
  dependencies: readonly { readonly status: HealthWord }[],
  models: readonly { readonly status: HealthWord }[],
): HealthWord {
  if (dependencies.some(({ status }) => status === 'down')) return 'down';
  return [...dependencies, ...models].some(({ status }) => status !== 'ok') ? 'degraded' : 'ok';
}

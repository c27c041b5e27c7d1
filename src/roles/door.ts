// The last part to start and the first to stop: HTTP with health and metrics, and GraphQL where there is an API.
import { startHttpServer } from '../http/start-http-server.js';
import { queueNames } from '../queue/catalogue.js';
import type { DependencyState } from '../resolvers/faces.js';
import type { ApiRole } from './api.role.js';
import type { House } from './house.js';

/** Opens the door and answers its URL. `checks` is what readiness depends on. */
export async function startDoor(
  house: House,
  checks: () => Promise<readonly DependencyState[]>,
  api: ApiRole | undefined,
): Promise<string> {
  const { config, log, metrics, createId } = house;
  const { host, port, maxBodyBytes, maxOpenRequests, corsOrigins } = config.http;
  const server = await startHttpServer({
    host,
    port,
    log,
    metrics,
    createId,
    checks,
    collect: () => collect(house, checks),
    bodyLimitBytes: maxBodyBytes,
    allowedOrigins: config.development && corsOrigins.length === 0 ? 'any' : corsOrigins,
    ...(api && {
      uploads: api.uploads,
      keptPictures: api.keptPictures,
      graphql: {
        faces: api.faces,
        introspection: config.development,
        explorer: config.development,
        maxOpenRequests,
        // The other half is for the lines of the models.
        maxWaitMs: config.serving.maxWaitMs / 2,
      },
    }),
  });
  house.onStop('door', () => server.stop(config.stopGraceMs));
  house.onStop('requests under way', async () => {
    server.drain();
    await api?.drain();
  });
  return server.url;
}

/** Fills the gauges that are read rather than counted. */
async function collect(
  { redis, producer, metrics }: House,
  checks: () => Promise<readonly DependencyState[]>,
) {
  for (const { name, status } of await checks()) {
    metrics.dependencyUp.set({ dependency: name }, status === 'ok' ? 1 : 0);
  }
  if (!redis.ready()) return;
  const counts = await producer.counts();
  for (const queue of queueNames) {
    const jobs = counts.get(queue);
    if (jobs === undefined) continue;
    for (const state of ['waiting', 'active', 'delayed', 'failed'] as const)
      metrics.queueJobs.set({ queue, state }, jobs[state]);
  }
}

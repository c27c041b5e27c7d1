// Starts Vigie as it runs on servers: one process a role, on a Redis and a PostgreSQL of their own.
import { join } from 'node:path';
import { startProgram } from '../machine/start-program.js';
import type { RunPlace } from './run-place.js';
import { startArguments } from './start-arguments.js';
import { startServices } from './start-services.js';
import type { Checkout } from './start-vigie.js';
import type { Subject } from './subject.js';

/** Undefined where PostgreSQL is not installed. */
export async function startVigieSplit(checkout: Checkout, place: RunPlace): Promise<Subject | undefined> {
  const services = await startServices(place);
  if (services === undefined) return undefined;
  const name = `${checkout.name}-split`;
  const { providers = 'cpu' } = checkout;
  const args = await startArguments(checkout.path);
  const start = (role: 'api' | 'worker' | 'monitor') =>
    startProgram(place.cleanup, {
      name: `${name}-${role}`,
      args,
      cwd: checkout.path,
      env: {
        ROLES: role,
        EXECUTION_PROVIDERS: providers,
        MODELS_DIR: place.modelsDir,
        DATA_DIR: join(place.dir, `${name}-data`),
        REDIS_URL: services.redisUrl,
        DATABASE_URL: services.postgresUrl,
      },
      outputDir: place.dir,
    });
  const worker = await start('worker');
  const monitor = await start('monitor');
  const api = await start('api');
  return {
    name,
    kind: 'vigie-split',
    url: api.url,
    roots: [
      { label: 'api', pid: api.pid },
      { label: 'worker', pid: worker.pid },
      { label: 'monitor', pid: monitor.pid },
      ...services.roots,
    ],
    redisUrl: services.redisUrl,
    postgresUrl: services.postgresUrl,
    async stop() {
      for (const program of [api, worker, monitor]) await program.stop();
      await services.stop();
    },
  };
}

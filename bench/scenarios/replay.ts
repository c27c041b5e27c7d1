// Replay: a stream that is full already, read by the recorder and the monitors of one process on one core.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { countPredictions } from '../machine/count-predictions.js';
import { watchGroups } from '../machine/read-groups.js';
import { canPin, startProgram } from '../machine/start-program.js';
import { growthAfter, memoryGrowth, watchMemory, type MemoryGrowth } from '../machine/watch-memory.js';
import { startServices, type Services } from '../subjects/start-services.js';
import type { Checkout } from '../subjects/start-vigie.js';
import type { BenchRun } from './bench-run.js';
import { timeGroups } from './time-groups.js';

const ROWS = 32;

export interface ReplayResult {
  readonly subject: string;
  readonly predictions: number;
  /** Whether the process was held to one core. */
  readonly pinned: boolean;
  /** Predictions a second, until nothing was left; of both: of the slower one. */
  readonly perSecond: Readonly<Record<'recorder' | 'monitors' | 'both', number>>;
  /** Rows in the database at the end. */
  readonly stored: number;
  /** Of the monitor process from its start on, and of the servers it uses. */
  readonly memory: readonly MemoryGrowth[];
  /** Of the monitor process, from the first fifth of the time to the end; 0.05 for a twentieth. */
  readonly growth: number;
}

/** Nothing where PostgreSQL is not installed. */
export async function replay(run: BenchRun, checkout: Checkout): Promise<ReplayResult[]> {
  const { options, models, say, place } = run;
  const services = await startServices(place);
  if (services === undefined) {
    say('the replay is left out: PostgreSQL is not installed here');
    return [];
  }
  const predictions = options.replayBatches * ROWS;
  say(`filling a stream with ${predictions} predictions for ${checkout.name}`);
  await fillStream(run, checkout, services);

  say(`replay: starting the monitors of ${checkout.name}`);
  const groups = await watchGroups(services.redisUrl, `vigie:{${models.iris.name}}:predictions`);
  place.cleanup.add(() => groups.close());
  const [took, monitor] = await Promise.all([timeGroups(groups), startMonitor(run, checkout, services)]);
  const stored = await countPredictions(services.postgresUrl, predictions);
  const memory = monitor.memory.stop();
  const own = memory.get('monitor') ?? [];
  groups.close();
  await monitor.stop();
  await services.stop();
  const perSecond = (ms: number) => predictions / (ms / 1000);
  return [
    {
      subject: checkout.name,
      predictions,
      pinned: canPin(),
      perSecond: {
        recorder: perSecond(took.recorder),
        monitors: perSecond(took.monitors),
        both: perSecond(Math.max(took.recorder, took.monitors)),
      },
      stored,
      memory: memoryGrowth(memory),
      growth: growthAfter(own, Math.floor(own.length / 5)),
    },
  ];
}

async function fillStream({ options, models, place }: BenchRun, checkout: Checkout, services: Services) {
  const program = join(import.meta.dirname, '..', 'subjects', 'fill-stream-program.ts');
  const batches = [String(options.replayBatches), String(ROWS)];
  const args = [checkout.path, place.modelsDir, models.iris.name, services.redisUrl, ...batches];
  await promisify(execFile)(process.execPath, ['--import', 'tsx', program, ...args]);
}

async function startMonitor({ place }: BenchRun, checkout: Checkout, services: Services) {
  const name = `${checkout.name}-replay`;
  const { pid, stop } = await startProgram(place.cleanup, {
    name,
    args: [join(checkout.path, 'dist', 'main.js')],
    cwd: checkout.path,
    env: {
      ROLES: 'monitor',
      // The monitors say how far they have read when they evaluate.
      EVALUATE_EVERY_MS: '1000',
      MODELS_DIR: place.modelsDir,
      DATA_DIR: join(place.dir, `${name}-data`),
      REDIS_URL: services.redisUrl,
      DATABASE_URL: services.postgresUrl,
    },
    ...(canPin() && { core: 0 }),
    outputDir: place.dir,
  });
  return { stop, memory: watchMemory([{ label: 'monitor', pid }, ...services.roots]) };
}

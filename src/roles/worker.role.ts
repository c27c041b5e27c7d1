// The worker role: ONNX sessions in threads, fed from the inference queues; needs Redis and the models, nothing else.
import { hostname } from 'node:os';
import { createInference } from '../inference/create-inference.js';
import type { InferenceModel } from '../inference/inference.js';
import type { JobPayload } from '../queue/catalogue.js';
import { startHeartbeat } from '../queue/worker-heartbeat.js';
import { acquireLease } from '../redis/lease.js';
import type { RegisteredModel, RegisteredVersion } from '../registry/registry.js';
import { createPredictWorker, publishFailure } from '../workers/predict.worker.js';
import { startWorkerHost } from '../workers/worker-host.js';
import { createPictureWork } from './picture-work.js';
import { followVersions } from './follow-versions.js';
import type { House } from './house.js';
import { memoryLimits } from './memory-limits.js';
import { seeVersion } from './see-version.js';
import { watchMemory } from './watch-memory.js';

// Long enough for the next one to be there before another follows.
const LEAVING_MS = 15_000;

/** Loads and warms every production version, then starts taking work. */
export async function startWorkerRole(house: House): Promise<void> {
  const { config, log, metrics, registry, writer, keys, now } = house;
  const { threads, pictureThreads, concurrency, pictures, providers } = config.inference;
  const { sessionBytes, workerBytes } = memoryLimits(config.inference);
  const asked = { threads, pictureThreads, providers };
  const inference = await createInference({ ...asked, memoryBytes: sessionBytes, log, metrics });
  house.onStop('inference', () => inference.close());
  for (const provider of inference.providers) metrics.providers.set({ provider }, 1);
  const load = (model: RegisteredModel) => inference.load(toInferenceModel(model, model.production));
  house.onStop('version following', await followVersions({ registry, load, log }));

  const findModel = (name: string, version: number) => {
    const found = registry.version(name, version);
    return toInferenceModel(found.model, found.version);
  };
  // A worker that was asked for a GPU takes GPU work also when it had to fall back, or nobody would.
  const processors = providers.some((provider) => provider !== 'cpu')
    ? (['gpu', 'cpu'] as const)
    : (['cpu'] as const);
  const predict = createPredictWorker({ findModel, inference, writer, keys, now, log, metrics });
  const picture = await createPictureWork(house, { findModel, inference });
  const giveUp = (job: 'predict' | 'predict-picture') => (payload: JobPayload<typeof job>) =>
    publishFailure({ writer, keys, now }, job, payload, 'INFERENCE_FAILED');
  const hosts = await Promise.all([
    ...processors.map((processor) =>
      startWorkerHost<'inference'>({
        ...house,
        queue: `inference-${processor}`,
        concurrency,
        handlers: { predict: seeVersion(registry, predict) },
        onGivenUp: giveUp('predict'),
      }),
    ),
    ...processors.map((processor) =>
      startWorkerHost<'pictures'>({
        ...house,
        queue: `pictures-${processor}`,
        concurrency: pictures,
        handlers: { 'predict-picture': seeVersion(registry, picture) },
        onGivenUp: giveUp('predict-picture'),
      }),
    ),
  ]);
  house.onStop('workers', async () => {
    await Promise.all(hosts.map((host) => host.stop()));
  });

  const heartbeat = await startHeartbeat(house, () => ({
    id: house.processId,
    host: hostname(),
    roles: [...config.roles],
    providers: [...inference.providers],
    models: [...inference.loaded()],
    queues: processors.flatMap((processor) => [`inference-${processor}`, `pictures-${processor}`]),
    threads: inference.threads,
    pictureThreads: inference.pictureThreads,
    pictures,
    activeJobs: hosts.reduce((sum, host) => sum + host.activeJobs(), 0),
    completedJobs: hosts.reduce((sum, host) => sum + host.completedJobs(), 0),
    memoryBytes: process.memoryUsage.rss(),
    lastSeenAt: now(),
  }));
  let comesBack = false;
  house.onStop('heartbeat', () => heartbeat.stop(comesBack));

  // One worker at a time, and through the door that a supervisor would use: jobs are finished, threads end between runs.
  const leave = async () => {
    const turn = { key: keys.leaving, owner: house.processId, ttlMs: LEAVING_MS };
    comesBack = await acquireLease(house.redis.commands, turn);
    return comesBack && process.kill(process.pid, 'SIGTERM');
  };
  const memory = watchMemory({
    limitBytes: workerBytes,
    rss: () => process.memoryUsage.rss(),
    leave: config.roles.length === 1 ? leave : undefined,
    log,
  });
  house.onStop('memory watch', () => {
    memory.stop();
    return Promise.resolve();
  });
}

function toInferenceModel({ manifest }: RegisteredModel, version: RegisteredVersion): InferenceModel {
  const { onnxPath, facts, picture } = version;
  return { manifest, version: version.version, onnxPath, sha256: facts.sha256, picture };
}

// The worker role: ONNX sessions in threads, fed from the inference queues; needs Redis and the models, nothing else.
import { hostname } from 'node:os';
import { createInference } from '../inference/create-inference.js';
import type { InferenceModel } from '../inference/inference.js';
import { predictPayloadSchema } from '../queue/catalogue.js';
import { startHeartbeat } from '../queue/worker-heartbeat.js';
import type { RegisteredModel, RegisteredVersion } from '../registry/registry.js';
import { createPredictWorker, publishFailure } from '../workers/predict.worker.js';
import { startWorkerHost } from '../workers/worker-host.js';
import type { House } from './house.js';

/** Loads and warms every production version, then starts taking work. */
export async function startWorkerRole(house: House): Promise<void> {
  const { config, log, metrics, registry, writer, keys, now } = house;
  const { threads, concurrency, providers } = config.inference;
  const inference = await createInference({ threads, providers, log });
  house.onStop('inference', () => inference.close());
  for (const provider of inference.providers) metrics.providers.set({ provider }, 1);
  for (const model of registry.models()) await inference.load(toInferenceModel(model, model.production));

  const findModel = (name: string, version: number) => {
    const found = registry.version(name, version);
    return toInferenceModel(found.model, found.version);
  };
  // A worker that was asked for a GPU takes GPU work also when it had to fall back, or nobody would.
  const queues = providers.includes('cuda')
    ? (['inference-gpu', 'inference-cpu'] as const)
    : (['inference-cpu'] as const);
  const predict = createPredictWorker({ findModel, inference, writer, keys, now, log, metrics });
  const hosts = await Promise.all(
    queues.map((queue) =>
      startWorkerHost<'inference'>({
        ...house,
        queue,
        concurrency,
        handlers: { predict },
        onGivenUp: async (_name, payload) => {
          const parsed = predictPayloadSchema.safeParse(payload);
          if (parsed.success) await publishFailure({ writer, keys, now }, parsed.data, 'INFERENCE_FAILED');
        },
      }),
    ),
  );
  house.onStop('workers', async () => {
    await Promise.all(hosts.map((host) => host.stop()));
  });

  const heartbeat = await startHeartbeat(house, () => ({
    id: house.processId,
    host: hostname(),
    roles: [...config.roles],
    providers: [...inference.providers],
    models: [...inference.loaded()],
    queues: [...queues],
    activeJobs: hosts.reduce((sum, host) => sum + host.activeJobs(), 0),
    completedJobs: hosts.reduce((sum, host) => sum + host.completedJobs(), 0),
    memoryBytes: process.memoryUsage.rss(),
    lastSeenAt: now(),
  }));
  house.onStop('heartbeat', () => heartbeat.stop());
}

function toInferenceModel({ manifest }: RegisteredModel, version: RegisteredVersion): InferenceModel {
  return { manifest, version: version.version, onnxPath: version.onnxPath, sha256: version.facts.sha256 };
}

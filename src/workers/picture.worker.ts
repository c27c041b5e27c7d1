// The job of one picture: found by its upload, worked on tile by tile, recorded and answered like any other prediction.
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import type { PredictionBatch, RowError } from '../events/prediction-batch.js';
import { tellProgress } from '../events/tell-progress.js';
import type { InferenceModel } from '../inference/inference.js';
import type { PictureFile, PictureProgress } from '../pictures/picture-protocol.js';
import type { PredictPayload } from '../queue/predict-job.js';
import type { RedisConnections } from '../redis/redis-client.js';
import { observeBatch, publish, type PublishParts } from './publish.js';
import type { Handler } from './read-job.js';
import { toRowError } from './run-rows.js';
import type { RunPicture } from './run-picture.js';

export interface PictureWorkerOptions extends PublishParts {
  /** Throws MODEL_NOT_FOUND or VERSION_NOT_FOUND. */
  readonly findModel: (name: string, version: number) => InferenceModel;
  /** Throws UPLOAD_NOT_FOUND. */
  readonly findUpload: (id: string) => Promise<PictureFile>;
  readonly runPicture: RunPicture;
  readonly redis: Pick<RedisConnections, 'commands'>;
  readonly log: Logger;
}

interface Outcome {
  readonly outputs: PredictionBatch['outputs'];
  readonly pictures?: PredictionBatch['pictures'];
  readonly error: RowError | null;
  readonly computeMs: number;
}

const NOTHING: PictureProgress = { done: 0, total: 0, detections: [] };

/** Makes the handler. Done twice, a picture is recorded once: the stream entry is keyed by the batch id. */
export function createPictureWorker(options: PictureWorkerOptions): Handler<'predict-picture'> {
  const { redis, keys, now, metrics } = options;
  const log = options.log.child({ room: 'workers' });
  return async (payload) => {
    const startedAt = now();
    const labels = { model: payload.model, version: payload.version };
    const [id = ''] = payload.ids;
    let last = NOTHING;
    const tell = (status: 'running' | 'completed' | 'failed', progress: PictureProgress) => {
      last = progress;
      const { done, total, detections } = progress;
      const said = { v: 1 as const, id, model: payload.model, status, done, total };
      return tellProgress(redis, keys.model(payload.model).progress, {
        ...said,
        detections: [...detections],
      });
    };
    const outcome = await outcomeOf(
      options,
      payload,
      startedAt,
      (progress) => void tell('running', progress),
    );
    const { outputs, pictures, error, computeMs } = outcome;
    const executed = { outputs, ...(pictures && { pictures }), errors: [error], computeMs };
    const appended = await publish(options, 'predict-picture', payload, startedAt, executed);
    if (appended) observeBatch(metrics, labels, payload, startedAt, computeMs);
    const found = outputs.detections?.[0] ?? [];
    const tiles = pictures?.[0]?.tiles ?? last.total;
    // After the record: who is told that it is done must find it.
    if (error === null) await tell('completed', { done: tiles, total: tiles, detections: found });
    else await tell('failed', last);
    const about = {
      ...labels,
      predictionId: id,
      traceIds: payload.requests.flatMap(({ traceId }) => traceId ?? []),
    };
    const tookMs = now() - startedAt;
    log[error === null ? 'info' : 'warn'](
      { ...about, code: error?.code, tiles, detections: found.length, tookMs },
      'picture done',
    );
  };
}

async function outcomeOf(
  { findModel, findUpload, runPicture, now }: PictureWorkerOptions,
  payload: PredictPayload,
  startedAt: number,
  onProgress: (progress: PictureProgress) => void,
): Promise<Outcome> {
  const deadlineAt = payload.deadlineAt[0] ?? startedAt;
  const tooLate = new AppError(
    'DEADLINE_EXCEEDED',
    'The deadline passed before all of the picture was done.',
  );
  if (deadlineAt < startedAt) return failed(tooLate, 0);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(tooLate), deadlineAt - now());
  let computeMs = 0;
  try {
    const model = findModel(payload.model, payload.version);
    const feature = model.manifest.features.find(({ type }) => type === 'image')?.name ?? '';
    const file = await findUpload(String(payload.features[feature]?.[0] ?? ''));
    const { outputs, picture } = await runPicture(model, file, {
      id: payload.ids[0] ?? '',
      thresholds: payload.requests[0]?.thresholds ?? {},
      onProgress,
      onCompute: (ms) => (computeMs += ms),
      signal: late.signal,
    });
    return { outputs, pictures: [picture], error: null, computeMs };
  } catch (error) {
    // What a retry may mend is left to the queue, which gives the job to another worker.
    if (error instanceof AppError && (!error.retryable || error === tooLate)) return failed(error, computeMs);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function failed(error: AppError, computeMs: number): Outcome {
  return { outputs: {}, error: toRowError(error), computeMs };
}

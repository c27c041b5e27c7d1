// The predict job: drops what came too late, runs the rest, appends one stream entry, answers the process that asked.
import type { Logger } from 'pino';
import { AppError, type ErrorCode } from '../errors.js';
import type { RowError } from '../events/prediction-batch.js';
import type { Inference, InferenceModel } from '../inference/inference.js';
import { traceIdsOf, type PredictPayload } from '../queue/predict-job.js';
import { observeBatch, publish, type PublishParts } from './publish.js';
import { runRows, toRowError, type RowOutcomes } from './run-rows.js';
import type { Handler } from './read-job.js';

export interface PredictWorkerOptions extends PublishParts {
  /** Throws MODEL_NOT_FOUND or VERSION_NOT_FOUND. */
  readonly findModel: (name: string, version: number) => InferenceModel;
  readonly inference: Inference;
  readonly log: Logger;
}

/** Makes the handler. Executing a payload twice appends it once: the stream entry is keyed by the batch id. */
export function createPredictWorker(options: PredictWorkerOptions): Handler<'predict'> {
  const { now, metrics } = options;
  const log = options.log.child({ room: 'workers' });
  return async (payload) => {
    const startedAt = now();
    const labels = { model: payload.model, version: payload.version };
    const outcomes = await outcomesOf(options, payload, startedAt);
    const appended = await publish(options, 'predict', payload, startedAt, outcomes);
    // Done a second time, after its first worker was lost, a batch counts once.
    if (appended) observeBatch(metrics, labels, payload, startedAt, outcomes.computeMs);
    const failed = outcomes.errors.filter((error) => error !== null).length;
    log[failed > 0 ? 'warn' : 'info'](
      {
        ...labels,
        batchId: payload.batchId,
        rows: payload.ids.length,
        failed,
        traceIds: traceIdsOf(payload),
      },
      'batch executed',
    );
  };
}

/** Answers and records every row as failed; for a batch whose job was given up. */
export async function publishFailure(
  options: Pick<PredictWorkerOptions, 'writer' | 'keys' | 'now'>,
  job: 'predict' | 'predict-picture',
  payload: PredictPayload,
  code: ErrorCode,
): Promise<void> {
  const error = toRowError(new AppError(code));
  const errors = payload.ids.map(() => error);
  await publish(options, job, payload, options.now(), { outputs: {}, errors, computeMs: 0 });
}

async function outcomesOf(
  { findModel, inference }: PredictWorkerOptions,
  { model, version, features, deadlineAt }: PredictPayload,
  startedAt: number,
): Promise<RowOutcomes> {
  const known = deadlineAt.map((deadline) => (deadline < startedAt ? TOO_LATE : null));
  try {
    return await runRows(inference, findModel(model, version), features, known);
  } catch (error) {
    // This worker's models folder lacks the version: the rows fail with a code, the queue goes on.
    if (error instanceof AppError)
      return { outputs: {}, errors: known.map(() => toRowError(error)), computeMs: 0 };
    throw error;
  }
}

const TOO_LATE: RowError = {
  code: 'DEADLINE_EXCEEDED',
  message: 'The deadline had passed before a worker was free.',
};

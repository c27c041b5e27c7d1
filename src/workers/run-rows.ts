// Runs a batch so that one poisonous row fails alone: all rows at once, and by halves when that fails.
import { AppError } from '../errors.js';
import type { FeatureColumns, PredictionBatch, RowError } from '../events/prediction-batch.js';
import { LoadFailed, ThreadDied, type Inference, type InferenceModel } from '../inference/inference.js';
import { checkOutputs, joinOutputs, type PartOutputs } from './part-outputs.js';

/** One outcome per row of the batch, in order; a row with an error has null outputs (zeros in `probabilities`). */
export interface RowOutcomes {
  readonly outputs: PredictionBatch['outputs'];
  readonly errors: readonly (RowError | null)[];
  readonly computeMs: number;
}

/**
 * Runs the rows that have no error yet. A run that fails, kills its thread, or answers another number of rows than it was
 * given, is halved until what fails stands alone: one bad row among n costs about 2 log2(n) more runs. A row whose thread
 * dies twice while it is alone fails INFERENCE_FAILED. A version that cannot be loaded fails its rows together. Throws only
 * what is no fault of the rows.
 */
export async function runRows(
  inference: Pick<Inference, 'run'>,
  model: InferenceModel,
  features: FeatureColumns,
  known: readonly (RowError | null)[],
): Promise<RowOutcomes> {
  const errors = [...known];
  const parts: PartOutputs[] = [];
  let computeMs = 0;

  const run = async (rows: readonly number[], again = false): Promise<void> => {
    try {
      const own = rows.length === known.length ? features : pick(features, rows);
      const result = await inference.run(model, own, rows.length);
      checkOutputs(result.outputs, rows.length, model);
      parts.push({ rows, outputs: result.outputs });
      computeMs += result.computeMs;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const died = error instanceof ThreadDied;
      // The thread may have died of a call before this one.
      if (died && rows.length === 1 && !again) {
        await run(rows, true);
        return;
      }
      if (rows.length === 1 || !mayBeTheRows(error)) {
        const failure = died ? KILLED_ITS_THREAD : toRowError(error);
        for (const row of rows) errors[row] = failure;
        return;
      }
      const middle = rows.length >>> 1;
      await run(rows.slice(0, middle));
      await run(rows.slice(middle));
    }
  };

  const open = known.flatMap((error, row) => (error === null ? [row] : []));
  if (open.length > 0) await run(open);
  return { outputs: joinOutputs(parts, known.length), errors, computeMs };
}

const KILLED_ITS_THREAD: RowError = {
  code: 'INFERENCE_FAILED',
  message: 'The inference thread stopped while it ran this row.',
};

/** What a row's client is told of an error. */
export function toRowError({ code, message }: AppError): RowError {
  return { code, message };
}

function mayBeTheRows(error: AppError): boolean {
  if (error instanceof ThreadDied) return true;
  return error.code === 'INFERENCE_FAILED' && !(error instanceof LoadFailed);
}

function pick(features: FeatureColumns, rows: readonly number[]): FeatureColumns {
  return Object.fromEntries(
    Object.entries(features).map(([name, column]) => [name, rows.map((row) => column[row] ?? null)]),
  );
}

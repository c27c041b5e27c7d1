// Many instances in one request: taken together or not at all, and a bad one fails alone.
import { AppError, sentenceOf, toErrorCode } from '../errors.js';
import type { PredictionRecord } from '../events/prediction-record.js';
import type { FeatureCheck } from './check-features.js';
import type { Outcome, Row } from './row.js';
import type { BatchAnswer, BatchItemError } from './serving.js';

export interface PredictBatchParts {
  readonly check: FeatureCheck;
  readonly rowOf: (checked: Extract<ReturnType<FeatureCheck>, { ok: true }>) => Row;
  /** Outcomes in the order of the rows; throws when none of them can be taken. */
  readonly ask: (rows: readonly Row[]) => Promise<readonly Outcome[]>;
  /** Counts what became of instances: ok or an error code. */
  readonly count: (outcome: string, instances: number) => void;
}

/** Throws AppError when no instance could be taken; later failures are the instances' own. */
export async function predictBatchWith(
  instances: readonly Readonly<Record<string, unknown>>[],
  { check, rowOf, ask, count }: PredictBatchParts,
): Promise<BatchAnswer> {
  const rows: Row[] = [];
  const places: number[] = [];
  const predictions: PredictionRecord[] = [];
  const errors: BatchItemError[] = [];
  instances.forEach((features, index) => {
    const checked = check(features, `input.instances[${index}]`);
    if (checked.ok) {
      rows.push(rowOf(checked));
      places.push(index);
    } else {
      errors.push({
        index,
        code: 'INVALID_INPUT',
        message: sentenceOf('INVALID_INPUT'),
        issues: checked.issues,
      });
    }
  });
  const tally = new Map<string, number>();
  const note = (outcome: string, n = 1) => tally.set(outcome, (tally.get(outcome) ?? 0) + n);
  note('INVALID_INPUT', errors.length);
  try {
    const outcomes = rows.length > 0 ? await ask(rows) : [];
    outcomes.forEach((outcome, i) => {
      const error = errorOf(outcome);
      note(error?.code ?? 'ok');
      if (error !== undefined) errors.push({ index: places[i] ?? 0, ...error, issues: [] });
      else if (!(outcome instanceof AppError)) predictions.push(outcome);
    });
  } catch (error) {
    note(error instanceof AppError ? error.code : 'INTERNAL', rows.length);
    throw error;
  } finally {
    for (const [outcome, n] of tally) if (n > 0) count(outcome, n);
  }
  return { predictions, errors: errors.sort((a, b) => a.index - b.index) };
}

function errorOf(outcome: Outcome): Pick<BatchItemError, 'code' | 'message'> | undefined {
  if (outcome instanceof AppError) return { code: outcome.code, message: outcome.message };
  if (outcome.error === null) return undefined;
  return { code: toErrorCode(outcome.error.code), message: outcome.error.message };
}

// Makes predictions of answers that were given before: each with an id of its own, recorded and watched like any other.
import { AppError } from '../errors.js';
import type { PredictionBatch } from '../events/prediction-batch.js';
import { recordOf } from '../events/prediction-record.js';
import type { Answer } from './answer-cache.js';
import type { Target } from './dispatch.js';
import type { RecentPredictions } from './recent-predictions.js';
import { columnsOf, type Outcome, type Row } from './row.js';

export interface CachedAnswersOptions {
  readonly target: Target;
  /** Appends to the model's prediction stream; resolves when Redis has the entry. */
  readonly record: (model: string, batch: PredictionBatch) => Promise<void>;
  readonly recent: Pick<RecentPredictions, 'remember'>;
  readonly createId: () => string;
  /** Epoch ms. */
  readonly now: () => number;
}

/** Outcomes in the order of the rows, once they are in the stream; what could not be appended is UNAVAILABLE, with its id. */
export type PredictFromCache = (
  rows: readonly Row[],
  answers: readonly Answer[],
) => Promise<readonly Outcome[]>;

interface Asked {
  readonly rows: readonly Row[];
  readonly answers: readonly Answer[];
  readonly resolve: (outcomes: readonly Outcome[]) => void;
}

/** What is asked for in one turn of the event loop goes into one entry, as one batch that took no inference. */
export function createPredictFromCache(options: CachedAnswersOptions): PredictFromCache {
  const { target, record, recent, createId, now } = options;
  let gathered: Asked[] = [];
  const flush = () => {
    const asked = gathered;
    gathered = [];
    const rows = asked.flatMap((one) => one.rows);
    const batch = batchOf(
      target,
      rows,
      asked.flatMap((one) => one.answers),
      createId(),
      now(),
    );
    const answer = (outcomeOf: (row: Row, place: number) => Outcome) => {
      let first = 0;
      for (const one of asked) {
        const from = first;
        first += one.rows.length;
        one.resolve(one.rows.map((row, i) => outcomeOf(row, from + i)));
      }
    };
    record(target.model, batch).then(
      () => {
        const answeredAt = now();
        recent.remember({ ...batch, at: answeredAt }, false);
        answer((row, place) => recordOf(target, row, batch, place, answeredAt));
      },
      (cause: unknown) =>
        answer(({ id }) => new AppError('UNAVAILABLE', undefined, { cause, details: { predictionId: id } })),
    );
  };
  return (rows, answers) =>
    new Promise((resolve) => {
      gathered.push({ rows, answers, resolve });
      if (gathered.length === 1) setImmediate(flush);
    });
}

function batchOf(
  { model, version, featureNames }: Target,
  rows: readonly Row[],
  answers: readonly Answer[],
  batchId: string,
  at: number,
): PredictionBatch {
  return {
    v: 1,
    batchId,
    model,
    version,
    at,
    ids: rows.map(({ id }) => id),
    receivedAt: rows.map(({ receivedAt }) => receivedAt),
    requests: rows.map(({ request }) => request),
    features: columnsOf(featureNames, rows),
    outputs: outputsOf(answers),
    errors: rows.map(() => null),
    timings: { queueMs: rows.map(() => 0), computeMs: 0 },
  };
}

/** Only the columns this model fills. */
function outputsOf(answers: readonly Answer[]): PredictionBatch['outputs'] {
  const [first] = answers;
  const classes = first?.probabilities?.map(({ label }) => label);
  const values = () =>
    answers.flatMap(({ probabilities }) => probabilities?.map(({ probability }) => probability) ?? []);
  return {
    ...(first?.label != null && { label: answers.map(({ label }) => label) }),
    ...(first?.confidence != null && { confidence: answers.map(({ confidence }) => confidence) }),
    ...(first?.value != null && { value: answers.map(({ value }) => value) }),
    ...(classes !== undefined && { probabilities: { classes, values: values() } }),
  };
}

// One checked row on its way to a worker and back, and the rows of one request, which are waited for together.
import { AppError } from '../errors.js';
import type { Cell, FeatureColumns, RowRequest } from '../events/prediction-batch.js';
import type { PredictionRecord } from '../events/prediction-record.js';

export interface Row {
  readonly id: string;
  readonly features: Readonly<Record<string, Cell>>;
  readonly request: RowRequest;
  /** Epoch ms. */
  readonly receivedAt: number;
  readonly deadlineAt: number;
  /** What it costs of a batch's limit, where rows differ: a picture in tiles. 1 when unset. */
  readonly cost?: number | undefined;
}

/** What became of a row: its prediction, completed or failed by the model, or why there is none. */
export type Outcome = PredictionRecord | AppError;

/** A row somebody waits for. Plain data, since there may be a thousand in one request. */
export interface WaitingRow extends Row {
  readonly group: RowGroup;
  readonly place: number;
  /** From `sent` on it may be executed and recorded under its id. */
  state: 'waiting' | 'sent' | 'settled';
}

/** The rows of one request, on their way to one promise. */
export interface RowGroup {
  settled(place: number, outcome: Outcome): void;
}

/** Says what became of a row; only the first time counts. */
export function settle(row: WaitingRow, outcome: Outcome): void {
  if (row.state === 'settled') return;
  row.state = 'settled';
  row.group.settled(row.place, outcome);
}

/** Settles a row as late; with its id only if it has left, since one that has not will never be found. */
export function expire(row: WaitingRow): void {
  if (row.state === 'settled') return;
  const details = row.state === 'sent' ? { predictionId: row.id } : {};
  settle(row, new AppError('DEADLINE_EXCEEDED', undefined, { details }));
}

/**
 * Makes the rows of one request, at least one and all with the same deadline, wait together; `outcomes` resolves when
 * all are settled, in their order, at the latest when the deadline has passed.
 */
export function waitForAll(
  rows: readonly Row[],
  now: () => number,
): { readonly rows: readonly WaitingRow[]; readonly outcomes: Promise<readonly Outcome[]> } {
  const settledRows = new Array<Outcome>(rows.length);
  let open = rows.length;
  let finish: (outcomes: readonly Outcome[]) => void = () => undefined;
  const outcomes = new Promise<readonly Outcome[]>((resolve) => (finish = resolve));
  const group: RowGroup = {
    settled(place, outcome) {
      settledRows[place] = outcome;
      open -= 1;
      if (open > 0) return;
      clearTimeout(timer);
      finish(settledRows);
    },
  };
  const waiting = rows.map(({ id, features, request, receivedAt, deadlineAt, cost }, place): WaitingRow => ({
    id,
    features,
    request,
    receivedAt,
    deadlineAt,
    cost,
    group,
    place,
    state: 'waiting',
  }));
  const deadlineAt = rows[0]?.deadlineAt ?? 0;
  const timer = setTimeout(() => waiting.forEach(expire), Math.max(0, deadlineAt - now()));
  return { rows: waiting, outcomes };
}

/** The features of rows by column, in the order of `featureNames`. */
export function columnsOf(featureNames: readonly string[], rows: readonly Row[]): FeatureColumns {
  const columns: FeatureColumns = {};
  for (const name of featureNames) columns[name] = rows.map((row): Cell => row.features[name] ?? null);
  return columns;
}

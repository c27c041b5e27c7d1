// One checked row on its way to a worker and back.
import { AppError } from '../errors.js';
import type { Cell, RowRequest } from '../events/prediction-batch.js';
import type { PredictionRecord } from '../events/prediction-record.js';

export interface Row {
  readonly id: string;
  readonly features: Readonly<Record<string, Cell>>;
  readonly request: RowRequest;
  /** Epoch ms. */
  readonly receivedAt: number;
  readonly deadlineAt: number;
}

/** A row somebody waits for; settled once, later calls do nothing. */
export interface WaitingRow extends Row {
  settled(): boolean;
  /** Said when the row leaves for the queue: from then on it may be executed and recorded under its id. */
  markSent(): void;
  resolve(record: PredictionRecord): void;
  reject(error: AppError): void;
}

/**
 * Makes a waiting row and the promise of its record, which rejects DEADLINE_EXCEEDED when the deadline passes; with the
 * id only if the row has left, since one that has not will never be found.
 */
export function waitFor(row: Row, now: () => number): { row: WaitingRow; answer: Promise<PredictionRecord> } {
  let settled = false;
  let sent = false;
  const waiting: { resolve?: (record: PredictionRecord) => void; reject?: (error: AppError) => void } = {};
  const answer = new Promise<PredictionRecord>((resolve, reject) => {
    const expire = () => {
      const details = sent ? { predictionId: row.id } : {};
      waiting.reject?.(new AppError('DEADLINE_EXCEEDED', undefined, { details }));
    };
    const timer = setTimeout(expire, Math.max(0, row.deadlineAt - now()));
    const settle = () => {
      settled = true;
      clearTimeout(timer);
    };
    waiting.resolve = (record) => {
      settle();
      resolve(record);
    };
    waiting.reject = (error) => {
      settle();
      reject(error);
    };
  });
  return {
    row: {
      ...row,
      settled: () => settled,
      markSent: () => void (sent = true),
      resolve: (record) => waiting.resolve?.(record),
      reject: (error) => waiting.reject?.(error),
    },
    answer,
  };
}

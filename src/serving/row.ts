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
  resolve(record: PredictionRecord): void;
  reject(error: AppError): void;
}

/** Makes a waiting row and the promise of its record, which rejects DEADLINE_EXCEEDED when the deadline passes. */
export function waitFor(row: Row, now: () => number): { row: WaitingRow; answer: Promise<PredictionRecord> } {
  let settled = false;
  const waiting: { resolve?: (record: PredictionRecord) => void; reject?: (error: AppError) => void } = {};
  const answer = new Promise<PredictionRecord>((resolve, reject) => {
    const timer = setTimeout(
      () =>
        waiting.reject?.(new AppError('DEADLINE_EXCEEDED', undefined, { details: { predictionId: row.id } })),
      Math.max(0, row.deadlineAt - now()),
    );
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
      resolve: (record) => waiting.resolve?.(record),
      reject: (error) => waiting.reject?.(error),
    },
    answer,
  };
}

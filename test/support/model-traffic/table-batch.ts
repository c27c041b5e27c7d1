// Rows of a table model as batches: what a worker would append of them, and the labels that come for them.
import type { FeedbackBatch, PredictionBatch } from '../../../src/monitors/monitor.js';
import { CLASSES, type TableRow } from './table-rows.js';
import { probabilitiesOf, type TableTask } from './table-subject.js';

/** A batch executed at `at` (epoch ms). */
export function tableBatch(task: TableTask, at: number, rows: readonly TableRow[]): PredictionBatch {
  const cells = <Name extends keyof TableRow['cells']>(name: Name) => rows.map((row) => row.cells[name]);
  const answered = <Value>(of: (row: TableRow) => Value) => rows.map((row) => (row.failed ? null : of(row)));
  return {
    ...{ v: 1, batchId: `batch-${at}`, model: 'valve', version: 1, at },
    ids: rows.map((_, i) => `${at}-${i}`),
    receivedAt: rows.map(({ totalMs }) => at - totalMs),
    requests: rows.map(({ region }) => ({ metadata: { region } })),
    features: {
      ...{ load: cells('load'), level: cells('level'), floor: cells('floor') },
      ...{ open: cells('open'), room: cells('room'), note: cells('note') },
    },
    outputs:
      task === 'regression'
        ? { value: answered(({ value }) => value) }
        : {
            label: answered(({ label }) => label),
            confidence: answered(({ confidence }) => confidence),
            probabilities: {
              classes: CLASSES,
              values: rows.flatMap((row) => (row.failed ? CLASSES.map(() => 0) : probabilitiesOf(row))),
            },
          },
    errors: rows.map(({ failed }) => (failed ? { code: 'INFERENCE_FAILED', message: 'no' } : null)),
    timings: { queueMs: rows.map(({ queueMs }) => queueMs), computeMs: 2 },
  };
}

/** The truth about every row of a batch that was answered, come at `receivedAt`; undefined where none was. */
export function tableLabels(
  task: TableTask,
  receivedAt: number,
  batch: PredictionBatch,
  rows: readonly TableRow[],
): FeedbackBatch | undefined {
  const items = rows.flatMap(({ failed, label, value, truth, region }, i) =>
    failed
      ? []
      : [
          {
            ...{ id: `f-${batch.at}-${i}`, predictionId: batch.ids[i] ?? '', version: 1 },
            predictedAt: batch.receivedAt[i] ?? batch.at,
            predicted: task === 'regression' ? { value } : { label },
            truth: task === 'regression' ? { value: truth.value } : { label: truth.label },
            segments: { 'metadata.region': region },
          },
        ],
  );
  return items.length === 0 ? undefined : { v: 1, model: 'valve', receivedAt, items };
}

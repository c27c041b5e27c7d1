// Puts recorded rows together again as the batches in which they were executed.
import type { Cell, PredictionBatch } from '../events/prediction-batch.js';
import type { PredictionRecord } from '../events/prediction-record.js';

/** A batch, when it was executed (epoch ms), and the rows it was made of. */
export interface LoggedBatch<Row extends PredictionRecord> {
  readonly at: number;
  readonly batch: PredictionBatch;
  readonly rows: readonly Row[];
}

/**
 * Batches in the order of their execution. Rows belong together that end at the same moment after as long a computation in a
 * batch of the same size and know the same features; two such batches of one moment become one.
 */
export function batchesOf<Row extends PredictionRecord>(rows: readonly Row[]): LoggedBatch<Row>[] {
  const groups = new Map<string, { at: number; rows: Row[] }>();
  for (const row of rows) {
    const { totalMs, computeMs, batchSize } = row.timings;
    const at = row.createdAt + totalMs;
    const key = JSON.stringify([at, computeMs, batchSize, row.model, row.version, Object.keys(row.features)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { at, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()]
    .sort((a, b) => a.at - b.at)
    .map((group) => ({ ...group, batch: toBatch(group.at, group.rows) }));
}

function toBatch(at: number, rows: readonly PredictionRecord[]): PredictionBatch {
  const [first] = rows;
  const names = Object.keys(first?.features ?? {});
  const column = (name: string): Cell[] => rows.map(({ features }) => features[name] ?? null);
  // Of a failed row there are none.
  const classes = rows
    .find(({ probabilities }) => probabilities !== null)
    ?.probabilities?.map(({ label }) => label);
  const has = (name: 'label' | 'confidence' | 'value' | 'detections' | 'picture') =>
    rows.some((row) => row[name] !== null);
  return {
    v: 1,
    batchId: first?.id ?? '',
    model: first?.model ?? '',
    version: first?.version ?? 0,
    at,
    ids: rows.map(({ id }) => id),
    receivedAt: rows.map(({ createdAt }) => createdAt),
    requests: rows.map(({ requestId, subject, metadata, warnings }) => ({
      ...(requestId !== null && { requestId }),
      ...(subject !== null && { subject }),
      ...(metadata !== null && { metadata: { ...metadata } }),
      ...(warnings.length > 0 && { warnings: [...warnings] }),
    })),
    features: Object.fromEntries(names.map((name) => [name, column(name)])),
    outputs: {
      ...(has('label') && { label: rows.map(({ label }) => label) }),
      ...(has('confidence') && { confidence: rows.map(({ confidence }) => confidence) }),
      ...(has('value') && { value: rows.map(({ value }) => value) }),
      ...(classes !== undefined && {
        probabilities: {
          classes,
          values: rows.flatMap(({ probabilities }) =>
            classes.map((_, i) => probabilities?.[i]?.probability ?? 0),
          ),
        },
      }),
      ...(has('detections') && {
        detections: rows.map(({ detections }) => (detections === null ? null : [...detections])),
      }),
    },
    ...(has('picture') && { pictures: rows.map(({ picture }) => picture) }),
    errors: rows.map(({ error }) => (error === null ? null : { ...error })),
    timings: {
      queueMs: rows.map(({ timings }) => timings.queueMs),
      computeMs: first?.timings.computeMs ?? 0,
    },
  };
}

// Executed batches as rows of the prediction log, written straight from their columns.
import type { Cell, PredictionBatch } from '../events/prediction-batch.js';
import { predictionTimeMs } from './prediction-time.js';
import { createRowBytes, textArray, type RowBytes } from './row-bytes.js';
import { toStorableJson } from './storable-text.js';
import type { BatchRow } from './store.js';

/** In the order of the type `recorded_prediction_3`, and of `writeRow`. */
const COLUMNS = [
  'created_at',
  'id',
  'received_at',
  'model',
  'version',
  'status',
  'label',
  'value',
  'confidence',
  'classes',
  'scores',
  'features',
  'warnings',
  'total_ms',
  'queue_ms',
  'compute_ms',
  'batch_size',
  'error_code',
  'error_message',
  'request_id',
  'subject',
  'metadata',
  'detections',
  'picture',
];

/** `$1` is what `encodePredictions` makes. Fails when one of them is there already. */
export const INSERT_PREDICTIONS = `
  INSERT INTO predictions (${COLUMNS.join(', ')})
  SELECT ${COLUMNS.join(', ')} FROM unnest($1::recorded_prediction_3[])`;

/** The same for rows of which some may be there: looking for each before it is written takes a fifth longer. */
export const INSERT_NEW_PREDICTIONS = `${INSERT_PREDICTIONS} ON CONFLICT DO NOTHING`;

/** Every database numbers the type anew. */
export const RECORDED_TYPE = `SELECT 'recorded_prediction_3'::regtype::oid::int8::float8 AS number`;

/** The rows as one parameter, and a time (epoch ms) of every day they belong to. */
export interface EncodedPredictions {
  readonly bytes: Uint8Array;
  readonly times: readonly number[];
}

/** Throws INVALID_INPUT for an id that carries no time and for a number or time that no column holds. */
export function encodePredictions(rows: readonly BatchRow[], recordedType: number): EncodedPredictions {
  const encoded = createRowBytes(recordedType, COLUMNS.length, rows.length);
  const days = new Map<number, number>();
  const texts = new Map<PredictionBatch, BatchTexts>();
  for (const { batch, row } of inOrderOfId(rows)) {
    let known = texts.get(batch);
    if (known === undefined) texts.set(batch, (known = textsOf(batch)));
    const createdAt = predictionTimeMs(batch.ids[row] ?? '');
    days.set(Math.floor(createdAt / DAY_MS), createdAt);
    writeRow(encoded, batch, row, createdAt, known);
  }
  return { bytes: encoded.finish(), times: [...days.values()] };
}

const DAY_MS = 86_400_000;

/** So that two writers of the same rows wait for each other and do not deadlock; ids sort by their time. */
function inOrderOfId(rows: readonly BatchRow[]): readonly BatchRow[] {
  const idOf = ({ batch, row }: BatchRow) => batch.ids[row] ?? '';
  let last = '';
  for (const one of rows) {
    const id = idOf(one);
    if (id < last) return rows.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
    last = id;
  }
  return rows;
}

function writeRow(
  to: RowBytes,
  batch: PredictionBatch,
  row: number,
  createdAt: number,
  texts: BatchTexts,
): void {
  const { outputs, timings } = batch;
  const request = batch.requests[row];
  const error = batch.errors[row] ?? null;
  const receivedAt = batch.receivedAt[row] ?? batch.at;
  to.row();
  to.time(createdAt, 'id');
  to.uuid(batch.ids[row] ?? '');
  to.time(receivedAt, 'receivedAt');
  to.text(batch.model);
  to.int(batch.version, 'version');
  to.text(error === null ? 'completed' : 'failed');
  to.text(outputs.label?.[row] ?? null);
  to.float(outputs.value?.[row] ?? null);
  to.float(outputs.confidence?.[row] ?? null);
  to.texts(error === null ? texts.classes : null);
  to.floats(error === null ? texts.scores : null, row * texts.classCount, texts.classCount, 'probabilities');
  to.json(featuresAt(row, texts));
  to.json(request?.warnings?.length ? toStorableJson(request.warnings) : '[]');
  to.float(Math.max(0, batch.at - receivedAt));
  to.float(timings.queueMs[row] ?? 0);
  to.float(timings.computeMs);
  to.int(batch.ids.length, 'ids');
  to.text(error?.code ?? null);
  to.text(error?.message ?? null);
  to.text(request?.requestId ?? null);
  to.text(request?.subject ?? null);
  to.json(request?.metadata === undefined ? null : toStorableJson(request.metadata));
  to.json(jsonOrNull(outputs.detections?.[row]));
  to.json(jsonOrNull(batch.pictures?.[row]));
}

function jsonOrNull(value: object | null | undefined): string | null {
  return value === undefined || value === null ? null : toStorableJson(value);
}

/** What the rows of a batch have in common. */
interface BatchTexts {
  readonly features: readonly { readonly before: string; readonly column: readonly Cell[] }[];
  readonly classes: Uint8Array | null;
  readonly classCount: number;
  readonly scores: readonly number[] | null;
}

function textsOf({ features, outputs: { probabilities } }: PredictionBatch): BatchTexts {
  return {
    features: Object.entries(features).map(([name, column], i) => ({
      before: `${i === 0 ? '{' : ','}${toStorableJson(name)}:`,
      column,
    })),
    classes: probabilities === undefined ? null : textArray(probabilities.classes),
    classCount: probabilities?.classes.length ?? 0,
    scores: probabilities?.values ?? null,
  };
}

function featuresAt(row: number, { features }: BatchTexts): string {
  let text = '';
  for (const { before, column } of features) text += before + cellText(column[row] ?? null);
  return text === '' ? '{}' : `${text}}`;
}

function cellText(cell: Cell): string {
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : 'null';
  return typeof cell === 'string' ? toStorableJson(cell) : String(cell);
}

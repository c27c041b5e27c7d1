// What was answered: outputs, errors and times of the rows of an executed batch.
import type { PredictionBatch, RowError } from '../prediction-batch.js';
import { Unreadable, type ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { readEveryNumber, readNumbers, writeNumbers } from './numbers.js';
import { readTexts, writeTexts } from './texts.js';

/** One element per row in every array, `rows * classes` in the probabilities. */
export type ExecutedRows = Pick<PredictionBatch, 'at' | 'outputs' | 'errors' | 'timings'>;

type Outputs = PredictionBatch['outputs'];

const HAS = { label: 1, confidence: 2, value: 4, probabilities: 8 } as const;

export function writeResults(writer: ByteWriter, { at, outputs, errors, timings }: ExecutedRows): void {
  writer.count(errors.length);
  writer.double(at);
  writeOutputs(writer, outputs);
  writeErrors(writer, errors);
  writeNumbers(writer, timings.queueMs);
  writer.double(timings.computeMs);
}

export function readResults(reader: ByteReader): ExecutedRows {
  const rows = reader.count();
  const at = finite(reader.double());
  const outputs = readOutputs(reader, rows);
  const errors = readErrors(reader, rows);
  const queueMs = readEveryNumber(reader, rows);
  return { at, outputs, errors, timings: { queueMs, computeMs: finite(reader.double()) } };
}

/** The number itself; throws when it is not finite. */
export function finite(value: number): number {
  if (!Number.isFinite(value)) throw new Unreadable('a number is not finite');
  return value;
}

function writeOutputs(writer: ByteWriter, { label, confidence, value, probabilities }: Outputs): void {
  writer.byte(
    (label === undefined ? 0 : HAS.label) +
      (confidence === undefined ? 0 : HAS.confidence) +
      (value === undefined ? 0 : HAS.value) +
      (probabilities === undefined ? 0 : HAS.probabilities),
  );
  if (label !== undefined) writeTexts(writer, label);
  if (confidence !== undefined) writeNumbers(writer, confidence);
  if (value !== undefined) writeNumbers(writer, value);
  if (probabilities === undefined) return;
  writer.count(probabilities.classes.length);
  for (const name of probabilities.classes) writer.text(name);
  writeNumbers(writer, probabilities.values);
}

function readOutputs(reader: ByteReader, rows: number): Outputs {
  const bits = reader.byte();
  const label = (bits & HAS.label) === 0 ? undefined : readTexts(reader, rows);
  const confidence = (bits & HAS.confidence) === 0 ? undefined : readNumbers(reader, rows);
  const value = (bits & HAS.value) === 0 ? undefined : readNumbers(reader, rows);
  const probabilities = (bits & HAS.probabilities) === 0 ? undefined : readProbabilities(reader, rows);
  return {
    ...(label && { label }),
    ...(confidence && { confidence }),
    ...(value && { value }),
    ...(probabilities && { probabilities }),
  };
}

function readProbabilities(reader: ByteReader, rows: number): NonNullable<Outputs['probabilities']> {
  const size = reader.count();
  const classes = reader.claim<string>(size);
  for (let i = 0; i < size; i += 1) classes.push(reader.text());
  return { classes, values: readEveryNumber(reader, rows * size) };
}

/** Most batches have none, which takes one byte. */
function writeErrors(writer: ByteWriter, errors: readonly (RowError | null)[]): void {
  const hasAny = errors.some((error) => error !== null);
  writer.byte(hasAny ? 1 : 0);
  if (!hasAny) return;
  writeTexts(
    writer,
    errors.map((error) => error?.code),
  );
  writeTexts(
    writer,
    errors.map((error) => error?.message),
  );
}

function readErrors(reader: ByteReader, rows: number): (RowError | null)[] {
  const errors = reader.claim<RowError | null>(rows);
  if (reader.byte() === 0) {
    for (let row = 0; row < rows; row += 1) errors.push(null);
    return errors;
  }
  const codes = readTexts(reader, rows);
  const messages = readTexts(reader, rows);
  return codes.map((code, row) => (code === null ? null : { code, message: messages[row] ?? '' }));
}

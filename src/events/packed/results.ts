// What was answered: outputs, errors and times of the rows of an executed batch.
import type { PredictionBatch, RowError } from '../prediction-batch.js';
import { Unreadable, type ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { readFound, readPictures, writeFound, writePictures } from './found.js';
import { readEveryNumber, readNumbers, writeNumbers } from './numbers.js';
import { readTexts, writeTexts } from './texts.js';

/** One element per row in every array, `rows * classes` in the probabilities. */
export type ExecutedRows = Pick<PredictionBatch, 'at' | 'outputs' | 'pictures' | 'errors' | 'timings'>;

type Outputs = PredictionBatch['outputs'];

const HAS = { label: 1, confidence: 2, value: 4, probabilities: 8, detections: 16, pictures: 32 } as const;

export function writeResults(writer: ByteWriter, executed: ExecutedRows): void {
  const { at, outputs, pictures, errors, timings } = executed;
  writer.count(errors.length);
  writer.double(at);
  writeOutputs(writer, outputs, pictures);
  writeErrors(writer, errors);
  writeNumbers(writer, timings.queueMs);
  writer.double(timings.computeMs);
}

export function readResults(reader: ByteReader): ExecutedRows {
  const rows = reader.count();
  const at = finite(reader.double());
  const { outputs, pictures } = readOutputs(reader, rows);
  const errors = readErrors(reader, rows);
  const queueMs = readEveryNumber(reader, rows);
  const timings = { queueMs, computeMs: finite(reader.double()) };
  return { at, outputs, ...(pictures && { pictures }), errors, timings };
}

/** The number itself; throws when it is not finite. */
export function finite(value: number): number {
  if (!Number.isFinite(value)) throw new Unreadable('a number is not finite');
  return value;
}

function writeOutputs(
  writer: ByteWriter,
  { label, confidence, value, probabilities, detections }: Outputs,
  pictures: PredictionBatch['pictures'],
): void {
  writer.byte(
    (label === undefined ? 0 : HAS.label) +
      (confidence === undefined ? 0 : HAS.confidence) +
      (value === undefined ? 0 : HAS.value) +
      (probabilities === undefined ? 0 : HAS.probabilities) +
      (detections === undefined ? 0 : HAS.detections) +
      (pictures === undefined ? 0 : HAS.pictures),
  );
  if (label !== undefined) writeTexts(writer, label);
  if (confidence !== undefined) writeNumbers(writer, confidence);
  if (value !== undefined) writeNumbers(writer, value);
  if (probabilities !== undefined) writeProbabilities(writer, probabilities);
  if (detections !== undefined) writeFound(writer, detections);
  if (pictures !== undefined) writePictures(writer, pictures);
}

function writeProbabilities(
  writer: ByteWriter,
  { classes, values }: NonNullable<Outputs['probabilities']>,
): void {
  writer.count(classes.length);
  for (const name of classes) writer.text(name);
  writeNumbers(writer, values);
}

function readOutputs(
  reader: ByteReader,
  rows: number,
): { readonly outputs: Outputs; readonly pictures: PredictionBatch['pictures'] } {
  const bits = reader.byte();
  const label = (bits & HAS.label) === 0 ? undefined : readTexts(reader, rows);
  const confidence = (bits & HAS.confidence) === 0 ? undefined : readNumbers(reader, rows);
  const value = (bits & HAS.value) === 0 ? undefined : readNumbers(reader, rows);
  const probabilities = (bits & HAS.probabilities) === 0 ? undefined : readProbabilities(reader, rows);
  const detections = (bits & HAS.detections) === 0 ? undefined : readFound(reader, rows);
  const pictures = (bits & HAS.pictures) === 0 ? undefined : readPictures(reader, rows);
  const outputs = {
    ...(label && { label }),
    ...(confidence && { confidence }),
    ...(value && { value }),
    ...(probabilities && { probabilities }),
    ...(detections && { detections }),
  };
  return { outputs, pictures };
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

// Which batch of which model version a message speaks of.
import type { PredictionBatch } from '../prediction-batch.js';
import { Unreadable, type ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { readEveryText, writeTexts } from './texts.js';

export type BatchTarget = Pick<PredictionBatch, 'batchId' | 'model' | 'version'>;

export function writeTarget(writer: ByteWriter, { batchId, model, version }: BatchTarget): void {
  writeId(writer, batchId);
  writer.text(model);
  writer.double(version);
}

export function readTarget(reader: ByteReader): BatchTarget {
  const batchId = readId(reader);
  const model = reader.text();
  const version = reader.double();
  if (!Number.isSafeInteger(version)) throw new Unreadable('a version is not a whole number');
  return { batchId, model, version };
}

/** Short where it is a UUID, as ids are but in tests. */
export function writeId(writer: ByteWriter, id: string): void {
  writeTexts(writer, [id]);
}

export function readId(reader: ByteReader): string {
  return readEveryText(reader, 1)[0] ?? '';
}

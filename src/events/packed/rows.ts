// What is asked: ids, times and features of the rows of a batch.
import type { PredictionBatch } from '../prediction-batch.js';
import { Unreadable, type ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { readFeatures, writeFeatures } from './cells.js';
import { readEveryNumber, writeNumbers } from './numbers.js';
import { readRequests, writeRequests } from './requests.js';
import { readEveryText, writeTexts } from './texts.js';

/** One element per row in every array. */
export type AskedRows = Pick<PredictionBatch, 'ids' | 'receivedAt' | 'requests' | 'features'>;

export function writeRows(writer: ByteWriter, { ids, receivedAt, requests, features }: AskedRows): void {
  writer.count(ids.length);
  writeTexts(writer, ids);
  writeNumbers(writer, receivedAt);
  writeRequests(writer, requests);
  writeFeatures(writer, features);
}

export function readRows(reader: ByteReader): AskedRows {
  const rows = reader.count();
  if (rows === 0) throw new Unreadable('a batch has no rows');
  const ids = readEveryText(reader, rows);
  const receivedAt = readEveryNumber(reader, rows);
  const requests = readRequests(reader, rows);
  return { ids, receivedAt, requests, features: readFeatures(reader, rows) };
}

// What came with the rows of a batch besides their features: each kind of thing is a column, written only if a row has it.
import { z } from 'zod';
import { rowRequestSchema, warningSchema, type RowRequest } from '../prediction-batch.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { readTexts, writeTexts } from './texts.js';

const metadataSchema = z.record(z.string(), z.unknown());
const thresholdsSchema = rowRequestSchema.shape.thresholds.unwrap();
const warningsSchema = z.array(warningSchema);

/** In this order for ever: a bit says which columns follow. */
const COLUMNS = [
  'requestId',
  'subject',
  'metadata',
  'traceId',
  'warnings',
  'thresholds',
] as const satisfies readonly (keyof RowRequest)[];

export function writeRequests(writer: ByteWriter, requests: readonly RowRequest[]): void {
  const toText = remember((value: object) => JSON.stringify(value));
  // The rows of one request often share it.
  const different = new Set(requests);
  const present = COLUMNS.filter((name) => [...different].some((request) => request[name] !== undefined));
  writer.byte(present.reduce((bits, name) => bits | (1 << COLUMNS.indexOf(name)), 0));
  for (const name of present) {
    const column = requests.map((request) => {
      const value = request[name];
      return typeof value === 'object' ? toText(value) : value;
    });
    writeTexts(writer, column);
  }
}

/** As many as there are rows. */
export function readRequests(reader: ByteReader, rows: number): RowRequest[] {
  const bits = reader.byte();
  const columns = COLUMNS.map((_, bit) => ((bits & (1 << bit)) === 0 ? undefined : readTexts(reader, rows)));
  const requests = reader.claim<RowRequest>(rows);
  // Where all rows say the same they share it.
  const isShared = columns.every((texts) => texts === undefined || texts.every((text) => text === texts[0]));
  const different = isShared ? 1 : rows;
  for (let row = 0; row < different; row += 1) requests.push({});
  const toMetadata = remember((text: string) => metadataSchema.parse(JSON.parse(text)));
  const toWarnings = remember((text: string) => warningsSchema.parse(JSON.parse(text)));
  const toThresholds = remember((text: string) => thresholdsSchema.parse(JSON.parse(text)));
  COLUMNS.forEach((name, bit) => {
    columns[bit]?.forEach((text, row) => {
      const request = requests[row];
      if (text === null || request === undefined) return;
      if (name === 'metadata') request.metadata = toMetadata(text);
      else if (name === 'warnings') request.warnings = toWarnings(text);
      else if (name === 'thresholds') request.thresholds = toThresholds(text);
      else request[name] = text;
    });
  });
  const [shared = {}] = requests;
  while (requests.length < rows) requests.push(shared);
  return requests;
}

/** Asks once for what comes several times, as the metadata of one request on each of its rows. */
function remember<From, To>(ask: (from: From) => To): (from: From) => To {
  const known = new Map<From, To>();
  return (from) => {
    const answer = known.get(from) ?? ask(from);
    known.set(from, answer);
    return answer;
  };
}

// Rows in PostgreSQL's binary form, as one array of records: a single parameter that is taken in without parsing text.
import { AppError } from '../errors.js';
import { toStorableText } from './storable-text.js';

/** The rows of one array; every row is opened with `row` and then given its columns in order. */
export interface RowBytes {
  row(): void;
  text(value: string | null): void;
  /** JSON text that is storable already. */
  json(value: string | null): void;
  /** What `textArray` made, or null. */
  texts(value: Uint8Array | null): void;
  /** Some of `values`, or null; throws INVALID_INPUT, naming `field`, for one that is not finite. */
  floats(values: readonly number[] | null, from: number, count: number, field: string): void;
  /** A uuid that is one. */
  uuid(value: string): void;
  /** Throws INVALID_INPUT, naming `field`, for what is no whole number of 32 bits. */
  int(value: number, field: string): void;
  /** What is not finite becomes null, as it does in JSON. */
  float(value: number | null): void;
  /** Epoch ms, kept to the microsecond; throws INVALID_INPUT, naming `field`, for a time beyond all dates. */
  time(ms: number, field: string): void;
  /** The whole array; nothing can be added any more. */
  finish(): Uint8Array;
}

/** Built-in types have the same numbers in every database (pg_type.dat). */
const TYPE = {
  int4: 23,
  text: 25,
  json: 114,
  float8: 701,
  texts: 1009,
  floats: 1022,
  timestamptz: 1184,
  uuid: 2950,
} as const;

const ARRAY_HEADER_BYTES = 20;
const YEAR_2000_MS = Date.UTC(2000, 0, 1);
/** About what a Date can say; PostgreSQL reaches somewhat further after and less far before. */
const LAST_TIME_MS = 8.64e15;
const DASH = '-'.charCodeAt(0);
const HEX = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? 0 : digit;
});
const USUAL_COLUMN_BYTES = 24;
/** Shorter texts are copied faster here than by a call out of the engine. */
const SHORT_TEXT = 24;

/** An array of about `expectedRows` records of the type with the number `recordType`, which has `columns` columns. */
export function createRowBytes(recordType: number, columns: number, expectedRows: number): RowBytes {
  let bytes = Buffer.allocUnsafeSlow(ARRAY_HEADER_BYTES + expectedRows * columns * USUAL_COLUMN_BYTES);
  let view = new DataView(bytes.buffer);
  let at = ARRAY_HEADER_BYTES;
  let rowAt = 0;
  let rows = 0;

  const reserve = (length: number) => {
    if (at + length <= bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * bytes.length, at + length));
    bytes.copy(larger, 0, 0, at);
    bytes = larger;
    view = new DataView(bytes.buffer);
  };
  /** Room for the value behind is made too. */
  const head = (type: number, length: number, room = length) => {
    reserve(8 + room);
    view.setInt32(at, type);
    view.setInt32(at + 4, length);
    at += 8;
  };
  const NULL = -1;
  const characters = (type: number, value: string) => {
    head(type, 0, 3 * value.length);
    const length = value.length < SHORT_TEXT ? writeShort(bytes, at, value) : bytes.write(value, at);
    view.setInt32(at - 4, length);
    at += length;
  };
  const endRow = () => {
    if (rows > 0) view.setInt32(rowAt, at - rowAt - 4);
  };

  return {
    row: () => {
      endRow();
      reserve(8);
      rowAt = at;
      view.setInt32(at + 4, columns);
      at += 8;
      rows += 1;
    },
    text: (value) => {
      if (value === null) head(TYPE.text, NULL, 0);
      // Half a surrogate pair becomes the replacement character by being written.
      else characters(TYPE.text, value.includes('\0') ? toStorableText(value) : value);
    },
    json: (value) => {
      if (value === null) head(TYPE.json, NULL, 0);
      else characters(TYPE.json, value);
    },
    texts: (value) => {
      if (value === null) {
        head(TYPE.texts, NULL, 0);
        return;
      }
      head(TYPE.texts, value.length);
      bytes.set(value, at);
      at += value.length;
    },
    floats: (values, from, count, field) => {
      if (values === null) {
        head(TYPE.floats, NULL, 0);
        return;
      }
      head(TYPE.floats, ARRAY_HEADER_BYTES + 12 * count);
      writeArrayHeader(view, at, TYPE.float8, count);
      at += ARRAY_HEADER_BYTES;
      for (let i = from; i < from + count; i += 1) {
        const value = values[i] ?? 0;
        if (!Number.isFinite(value)) throw refusal(field, 'not finite');
        view.setInt32(at, 8);
        view.setFloat64(at + 4, value);
        at += 12;
      }
    },
    uuid: (value) => {
      head(TYPE.uuid, 16);
      for (let i = 0; i < value.length; i += 2) {
        if (value.charCodeAt(i) === DASH) i += 1;
        bytes[at++] = ((HEX[value.charCodeAt(i)] ?? 0) << 4) | (HEX[value.charCodeAt(i + 1)] ?? 0);
      }
    },
    int: (value, field) => {
      if ((value | 0) !== value) throw refusal(field, 'not a whole number of 32 bits');
      head(TYPE.int4, 4);
      view.setInt32(at, value);
      at += 4;
    },
    float: (value) => {
      if (value === null || !Number.isFinite(value)) {
        head(TYPE.float8, NULL, 0);
        return;
      }
      head(TYPE.float8, 8);
      view.setFloat64(at, value);
      at += 8;
    },
    time: (ms, field) => {
      if (!(ms >= 0 && ms <= LAST_TIME_MS)) throw refusal(field, 'not a time');
      const microseconds = Math.round((ms - YEAR_2000_MS) * 1000);
      head(TYPE.timestamptz, 8);
      view.setInt32(at, Math.floor(microseconds / 2 ** 32));
      view.setUint32(at + 4, microseconds >>> 0);
      at += 8;
    },
    finish: () => {
      endRow();
      writeArrayHeader(view, 0, recordType, rows);
      return bytes.subarray(0, at);
    },
  };
}

/** A text[] as a value of its own, for a column that is the same in many rows. */
export function textArray(values: readonly string[]): Uint8Array {
  const texts = values.map((value) => Buffer.from(toStorableText(value)));
  const bytes = Buffer.alloc(texts.reduce((length, text) => length + 4 + text.length, ARRAY_HEADER_BYTES));
  writeArrayHeader(new DataView(bytes.buffer, bytes.byteOffset), 0, TYPE.text, texts.length);
  let at = ARRAY_HEADER_BYTES;
  for (const text of texts) {
    bytes.writeInt32BE(text.length, at);
    at += 4 + text.copy(bytes, at + 4);
  }
  return bytes;
}

/** One dimension that counts from 1, without nulls. */
function writeArrayHeader(view: DataView, at: number, type: number, length: number): void {
  view.setInt32(at, 1);
  view.setInt32(at + 4, 0);
  view.setInt32(at + 8, type);
  view.setInt32(at + 12, length);
  view.setInt32(at + 16, 1);
}

/** Answers how many bytes it wrote. */
function writeShort(bytes: Buffer, at: number, value: string): number {
  for (let i = 0; i < value.length; i += 1) {
    const code = value.charCodeAt(i);
    if (code > 127) return bytes.write(value, at);
    bytes[at + i] = code;
  }
  return value.length;
}

function refusal(field: string, message: string): AppError {
  return new AppError('INVALID_INPUT', undefined, { details: { issues: [{ path: field, message }] } });
}

// A column of texts: sixteen bytes each when all are UUIDs, else every different text once and a number for each row.
import { Unreadable, type ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { readNumbers, writeNumbers } from './numbers.js';

const FORM = { uuids: 0, different: 1 } as const;

/** Writes a column; undefined counts as null. */
export function writeTexts(writer: ByteWriter, values: readonly (string | null | undefined)[]): void {
  // One text on many rows, such as the id of their request, is better told once than as a UUID on each.
  if ((values.length === 1 || values[0] !== values[1]) && writeUuids(writer, values)) return;
  const codes = new Map<string, number>();
  let last: string | null | undefined = null;
  let lastCode: number | null = null;
  const column = values.map((value) => {
    // Neighbours are often the same, which is seen sooner than looked up.
    if (value === last) return lastCode;
    last = value;
    lastCode = value === null || value === undefined ? null : codeOf(value, codes);
    return lastCode;
  });
  writer.byte(FORM.different);
  writer.count(codes.size);
  for (const text of codes.keys()) writer.text(text);
  writeNumbers(writer, column);
}

/** As many as there are rows. */
export function readTexts(reader: ByteReader, rows: number): (string | null)[] {
  switch (reader.byte()) {
    case FORM.uuids: {
      const uuids = reader.claim<string>(rows);
      for (let i = 0; i < rows; i += 1) uuids.push(reader.uuid());
      return uuids;
    }
    case FORM.different: {
      const texts = readDifferent(reader);
      return readNumbers(reader, rows).map((code) => {
        if (code === null) return null;
        const text = texts[code];
        if (text === undefined) throw new Unreadable('a text is missing');
        return text;
      });
    }
    default:
      throw new Unreadable('a column of texts has an unknown form');
  }
}

/** As many as there are rows, none of them null. */
export function readEveryText(reader: ByteReader, rows: number): string[] {
  return readTexts(reader, rows).map((text) => {
    if (text === null) throw new Unreadable('a text is missing');
    return text;
  });
}

function codeOf(text: string, codes: Map<string, number>): number {
  const code = codes.get(text) ?? codes.size;
  codes.set(text, code);
  return code;
}

function writeUuids(writer: ByteWriter, values: readonly (string | null | undefined)[]): boolean {
  const mark = writer.mark();
  writer.byte(FORM.uuids);
  for (const value of values) {
    if (typeof value === 'string' && writer.uuid(value)) continue;
    writer.rewind(mark);
    return false;
  }
  return true;
}

function readDifferent(reader: ByteReader): string[] {
  const size = reader.count();
  const texts = reader.claim<string>(size);
  for (let i = 0; i < size; i += 1) texts.push(reader.text());
  return texts;
}

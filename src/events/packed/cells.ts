// The columns of a batch's features: numbers, booleans or texts as they are, and a mixed column as JSON.
import { cellSchema, type Cell, type FeatureColumns } from '../prediction-batch.js';
import { Unreadable, type ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { readNumbers, writeNumbers } from './numbers.js';
import { readTexts, writeTexts } from './texts.js';

const KIND = { numbers: 0, booleans: 1, texts: 2, mixed: 3 } as const;

/** Writes every column under its name, in order. */
export function writeFeatures(writer: ByteWriter, features: Readonly<Record<string, readonly Cell[]>>): void {
  const columns = Object.entries(features);
  writer.count(columns.length);
  for (const [name, column] of columns) {
    writer.text(name);
    writeColumn(writer, column);
  }
}

/** Every column has as many cells as there are rows. */
export function readFeatures(reader: ByteReader, rows: number): FeatureColumns {
  const size = reader.count();
  const columns = reader.claim<[string, Cell[]]>(size);
  for (let i = 0; i < size; i += 1) columns.push([reader.text(), readColumn(reader, rows)]);
  return Object.fromEntries(columns);
}

function writeColumn(writer: ByteWriter, column: readonly Cell[]): void {
  if (column.every(isNumber)) {
    writer.byte(KIND.numbers);
    writeNumbers(writer, column);
  } else if (column.every(isText)) {
    writer.byte(KIND.texts);
    writeTexts(writer, column);
  } else if (column.every(isBoolean)) {
    writer.byte(KIND.booleans);
    writeNumbers(
      writer,
      column.map((cell) => (cell === null ? null : Number(cell))),
    );
  } else {
    writer.byte(KIND.mixed);
    writer.text(JSON.stringify(column));
  }
}

const isNumber = (cell: Cell): cell is number | null => cell === null || typeof cell === 'number';
const isText = (cell: Cell): cell is string | null => cell === null || typeof cell === 'string';
const isBoolean = (cell: Cell): cell is boolean | null => cell === null || typeof cell === 'boolean';

function readColumn(reader: ByteReader, rows: number): Cell[] {
  switch (reader.byte()) {
    case KIND.numbers:
      return readNumbers(reader, rows);
    case KIND.booleans:
      return readNumbers(reader, rows).map((code) => (code === null ? null : code === 1));
    case KIND.texts:
      return readTexts(reader, rows);
    case KIND.mixed: {
      const column = cellSchema.array().parse(JSON.parse(reader.text()));
      if (column.length !== rows) throw new Unreadable('a column has another number of rows');
      return column;
    }
    default:
      throw new Unreadable('a feature has an unknown kind');
  }
}

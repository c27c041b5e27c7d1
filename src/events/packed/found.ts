// What was found in pictures, by column over all of them, and what the pictures were like.
import { pictureSchema, type Detection } from '../picture.js';
import type { PredictionBatch } from '../prediction-batch.js';
import { Unreadable, type ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { readEveryNumber, readNumbers, writeNumbers } from './numbers.js';
import { readEveryText, readTexts, writeTexts } from './texts.js';

type Found = NonNullable<PredictionBatch['outputs']['detections']>;
type Pictures = NonNullable<PredictionBatch['pictures']>;

const SIDES = ['x', 'y', 'width', 'height'] as const;

/** How many each picture has, null for none that was read, then every one of them. */
export function writeFound(writer: ByteWriter, found: Found): void {
  writeNumbers(
    writer,
    found.map((of) => of?.length ?? null),
  );
  const all = found.flatMap((of) => of ?? []);
  writeTexts(
    writer,
    all.map(({ label }) => label),
  );
  writeNumbers(
    writer,
    all.map(({ confidence }) => confidence),
  );
  for (const side of SIDES)
    writeNumbers(
      writer,
      all.map(({ box }) => box[side]),
    );
  writeNumbers(
    writer,
    all.map(({ cut }) => (cut === undefined ? null : Number(cut))),
  );
}

export function readFound(reader: ByteReader, rows: number): Found {
  const sizes = readNumbers(reader, rows);
  const total = sizes.reduce<number>((sum, size) => sum + countOf(size ?? 0), 0);
  const labels = readEveryText(reader, total);
  const confidence = readEveryNumber(reader, total);
  const [x, y, width, height] = SIDES.map(() => readEveryNumber(reader, total));
  const cuts = readNumbers(reader, total);
  const all = labels.map((label, i): Detection => {
    const cut = cuts[i] ?? null;
    const box = { x: x?.[i] ?? 0, y: y?.[i] ?? 0, width: width?.[i] ?? 0, height: height?.[i] ?? 0 };
    return { label, confidence: confidence[i] ?? 0, box, ...(cut !== null && { cut: cut !== 0 }) };
  });
  let at = 0;
  return sizes.map((size) => (size === null ? null : all.slice(at, (at += size))));
}

/** As JSON: there are few, of few numbers. */
export function writePictures(writer: ByteWriter, pictures: Pictures): void {
  writeTexts(
    writer,
    pictures.map((picture) => picture && JSON.stringify(picture)),
  );
}

export function readPictures(reader: ByteReader, rows: number): Pictures {
  return readTexts(reader, rows).map((text) =>
    text === null ? null : pictureSchema.parse(JSON.parse(text)),
  );
}

function countOf(size: number): number {
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw new Unreadable('a picture has no number of boxes');
}

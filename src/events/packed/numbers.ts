// A column of numbers in as few bytes as lose nothing: small whole numbers, decimals of few digits, float32, else float64.
import { Unreadable, type ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

type Numbers = readonly (number | null)[];

// The first byte of a column: kind, width of a whole number as a power of two plus one, decimal digits, and whether nulls occur.
const KIND = { allNull: 0, whole: 1, float32: 2, float64: 3 } as const;
const WIDTHS = [0, 1, 2, 4] as const;
const HAS_NULLS = 128;

const SCALES = [1, 10, 100, 1000, 1e4, 1e5, 1e6] as const;
/** Twice as much, which is what it takes to write a sign, is still exact. */
const LARGEST = 2 ** 52 - 1;

/** What is not finite is written as null, as JSON does. */
export function writeNumbers(writer: ByteWriter, given: Numbers): void {
  const { values, nulls, floats, digits } = look(given);
  if (nulls === values.length) {
    writer.byte(KIND.allNull);
    return;
  }
  const nullBit = nulls > 0 ? HAS_NULLS : 0;
  const wholes = digits === undefined ? undefined : toWholes(values, SCALES[digits] ?? 1, nulls > 0);
  if (wholes === undefined || digits === undefined || (floats && wholes.width === 4)) {
    writer.byte((floats ? KIND.float32 : KIND.float64) + nullBit);
    writer.floats(values, floats ? 4 : 8);
    return;
  }
  const { least, width, column } = wholes;
  writer.byte(KIND.whole + WIDTHS.indexOf(width) * 4 + digits * 16 + nullBit);
  writer.count(least < 0 ? -least * 2 - 1 : least * 2);
  if (width !== 0) writer.wholes(column, (nulls > 0 ? 1 : 0) - least, width);
}

/** As many as there are rows. */
export function readNumbers(reader: ByteReader, rows: number): (number | null)[] {
  const head = reader.byte();
  const kind = head % 4;
  const scale = SCALES[Math.floor(head / 16) % 8];
  const width = WIDTHS[Math.floor(head / 4) % 4] ?? 0;
  if (kind === KIND.allNull) return fill(reader, rows, null);
  if (kind === KIND.float32) return reader.floats(rows, 4);
  if (kind === KIND.float64) return reader.floats(rows, 8);
  const zigzag = reader.count();
  const least = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  if (scale === undefined) throw new Unreadable('a column has more digits than any');
  if (width === 0) return fill(reader, rows, least / scale);
  const codes = reader.wholes(rows, width);
  const shift = head >= HAS_NULLS ? least - 1 : least;
  return head >= HAS_NULLS
    ? codes.map((code) => (code === 0 ? null : (shift + code) / scale))
    : codes.map((code) => (shift + code) / scale);
}

/** As many as there are rows, none of them null. */
export function readEveryNumber(reader: ByteReader, rows: number): number[] {
  return readNumbers(reader, rows).map((value) => {
    if (value === null) throw new Unreadable('a number is missing');
    return value;
  });
}

function fill<T>(reader: ByteReader, rows: number, value: T): T[] {
  const values = reader.claim<T>(rows);
  for (let i = 0; i < rows; i += 1) values.push(value);
  return values;
}

interface Look {
  readonly values: Numbers;
  readonly nulls: number;
  /** Whether float32 holds every one. */
  readonly floats: boolean;
  /** After how many decimal digits every one ends; undefined when they are too many. */
  readonly digits: number | undefined;
}

function look(given: Numbers): Look {
  let nulls = 0;
  let floats = true;
  let digits = 0;
  let isClean = true;
  for (const value of given) {
    if (value === null) nulls += 1;
    else if (Number.isFinite(value)) {
      floats &&= Math.fround(value) === value;
      while (digits < SCALES.length && !endsAfter(value, digits)) digits += 1;
    } else isClean = false;
  }
  if (!isClean) return look(given.map((value) => (Number.isFinite(value) ? value : null)));
  return { values: given, nulls, floats, digits: digits < SCALES.length ? digits : undefined };
}

function endsAfter(value: number, digits: number): boolean {
  const scale = SCALES[digits] ?? 1;
  const whole = Math.round(value * scale);
  // A whole number has no negative zero.
  return whole / scale === value && Math.abs(whole) <= LARGEST && (value !== 0 || Object.is(value, 0));
}

interface Wholes {
  readonly least: number;
  /** Enough for the distance from the least, and for one more value beside nulls. */
  readonly width: (typeof WIDTHS)[number];
  /** NaN for null. */
  readonly column: Float64Array;
}

/** Undefined when they lie too far apart. */
function toWholes(values: Numbers, scale: number, hasNulls: boolean): Wholes | undefined {
  const column = new Float64Array(values.length);
  let least = Infinity;
  let greatest = -Infinity;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? null;
    const whole = value === null ? NaN : Math.round(value * scale);
    // What is true of fewer digits should be true of more; where rounding says otherwise the value is kept as it is.
    if (value !== null && (whole / scale !== value || Math.abs(whole) > LARGEST)) return undefined;
    column[i] = whole;
    if (whole < least) least = whole;
    if (whole > greatest) greatest = whole;
  }
  const range = greatest - least + (hasNulls ? 1 : 0);
  if (range >= 2 ** 32) return undefined;
  return { least, width: range === 0 ? 0 : range < 256 ? 1 : range < 65_536 ? 2 : 4, column };
}

// The directories (IFD) of a TIFF or BigTIFF: entries by tag, and their numbers (TIFF 6.0, section 2).
import { cutOff, type FileWindow, WINDOW_BYTES } from './file-window.js';
import { MAX_METADATA_BYTES } from './picture-header.js';
import { rejected } from './rejected.js';

export interface TiffEntry {
  readonly type: number;
  readonly count: number;
  /** Where its values lie, inside the entry when they fit. */
  readonly at: number;
}

export interface TiffDirectory {
  readonly entries: ReadonlyMap<number, TiffEntry>;
  /** Where the directory of the next page lies; 0 after the last. */
  readonly next: number;
}

export interface TiffReader {
  /** Where the first directory lies. */
  readonly first: number;
  /** Throws IMAGE_REJECTED for one that lies or points beyond the file, or holds too much. */
  directory(at: number): Promise<TiffDirectory>;
  /** The first value of `entry`; `fallback` without the entry, or when it holds no whole numbers. */
  number(entry: TiffEntry | undefined, fallback: number): Promise<number>;
  /** Values `from` to before `to`, at most `BLOCK` of them; empty without the entry, or when it holds no whole numbers. */
  numbers(entry: TiffEntry | undefined, from: number, to: number): Promise<readonly number[]>;
}

/** So many values are read at once. */
export const BLOCK = WINDOW_BYTES / 8;

const MAX_ENTRIES = 4096;
/** BYTE, SHORT, LONG, IFD, LONG8 and IFD8. */
const WHOLE_NUMBERS = [1, 3, 4, 13, 16, 18];
/** Bytes of a value by its type. */
const BYTES_OF_TYPE = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

export async function openTiff(file: FileWindow): Promise<TiffReader> {
  const little = (await file.bytes(0, 1)).readUInt8(0) === 0x49;
  const read = (part: Buffer, at: number, bytes: number): number => {
    if (bytes === 8) return Number(little ? part.readBigUInt64LE(at) : part.readBigUInt64BE(at));
    return little ? part.readUIntLE(at, bytes) : part.readUIntBE(at, bytes);
  };
  const unsigned = async (at: number, bytes: number) => read(await file.bytes(at, bytes), 0, bytes);
  const big = (await unsigned(2, 2)) === 43;
  if (big && (await unsigned(4, 2)) !== 8) throw brokenTiff();
  const word = big ? 8 : 4;
  const entryBytes = big ? 20 : 12;
  const readEntry = async (at: number): Promise<[tag: number, entry: TiffEntry]> => {
    const type = await unsigned(at + 2, 2);
    const count = await unsigned(at + 4, word);
    const bytes = count * (BYTES_OF_TYPE[type] ?? 0);
    const inside = at + 4 + word;
    const values = bytes <= word ? inside : await unsigned(inside, word);
    if (values + bytes > file.sizeBytes) throw cutOff();
    return [await unsigned(at, 2), { type, count, at: values }];
  };
  const numbers: TiffReader['numbers'] = async (entry, from, to) => {
    if (entry === undefined || !WHOLE_NUMBERS.includes(entry.type)) return [];
    const bytes = BYTES_OF_TYPE[entry.type] ?? 0;
    const count = Math.max(0, Math.min(to, entry.count) - from);
    const part = await file.bytes(entry.at + from * bytes, count * bytes);
    return Array.from({ length: count }, (_, i) => read(part, i * bytes, bytes));
  };

  return {
    first: await unsigned(big ? 8 : 4, word),
    async directory(at) {
      const countBytes = big ? 8 : 2;
      const count = await unsigned(at, countBytes);
      if (count === 0 || count > MAX_ENTRIES) throw brokenTiff();
      const entries = new Map<number, TiffEntry>();
      let bytes = 0;
      for (let i = 0; i < count; i++) {
        const [tag, entry] = await readEntry(at + countBytes + i * entryBytes);
        bytes += entry.count * (BYTES_OF_TYPE[entry.type] ?? 0);
        if (bytes > MAX_METADATA_BYTES)
          throw rejected('The TIFF holds more beside its picture than is allowed.');
        if (!entries.has(tag)) entries.set(tag, entry);
      }
      return { entries, next: await unsigned(at + countBytes + count * entryBytes, word) };
    },
    number: async (entry, fallback) => (await numbers(entry, 0, 1))[0] ?? fallback,
    numbers,
  };
}

export function brokenTiff() {
  return rejected('The TIFF is broken: its directories make no sense.');
}

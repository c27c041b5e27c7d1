// Reads numbers from the first directory of a TIFF or BigTIFF file (TIFF 6.0), whatever the rest of the file holds.
import { open, type FileHandle } from 'node:fs/promises';

const MAX_ENTRIES = 4096;
const MAX_VALUES = 4096;

/** Bytes of a value by the number of its type: 3 SHORT, 4 LONG, 12 DOUBLE; tags of other types are left out. */
const SIZES: Readonly<Record<number, number>> = { 3: 2, 4: 4, 12: 8 };

/**
 * The values of those of these tags that the file has. Empty for what is no TIFF; throws what reading the file throws, and a RangeError when
 * it is cut short. Hostile files cost little: a directory of more than 4096 entries counts as none, a tag of more than 4096 values is
 * left out. (The `geotiff` package makes arrays as long as a file says, some of them filled, before it reads them.)
 */
export async function readTiffTags(
  path: string,
  wanted: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const file = await open(path, 'r');
  try {
    return await tagsOf(file, wanted);
  } finally {
    await file.close();
  }
}

async function tagsOf(file: FileHandle, wanted: readonly number[]): Promise<Map<number, readonly number[]>> {
  const found = new Map<number, readonly number[]>();
  const header = await bytesAt(file, 0, 16);
  const order = header.getUint16(0);
  const little = order === 0x4949;
  const magic = header.getUint16(2, little);
  if ((!little && order !== 0x4d4d) || (magic !== 42 && magic !== 43)) return found;
  const big = magic === 43;
  const numberAt = (view: DataView, at: number) =>
    big ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);
  const [countBytes, entryBytes, valueAt] = big ? [8, 20, 12] : [2, 12, 8];

  const directory = big ? numberAt(header, 8) : numberAt(header, 4);
  const counter = await bytesAt(file, directory, countBytes);
  const entries = big ? numberAt(counter, 0) : counter.getUint16(0, little);
  if (entries > MAX_ENTRIES) return found;
  const view = await bytesAt(file, directory + countBytes, entries * entryBytes);
  for (let at = 0; at < entries * entryBytes; at += entryBytes) {
    const tag = view.getUint16(at, little);
    const type = view.getUint16(at + 2, little);
    const size = SIZES[type];
    const count = numberAt(view, at + 4);
    if (!wanted.includes(tag) || found.has(tag) || size === undefined || count > MAX_VALUES) continue;
    const inPlace = count * size <= entryBytes - valueAt;
    const values = inPlace ? view : await bytesAt(file, numberAt(view, at + valueAt), count * size);
    const start = inPlace ? at + valueAt : 0;
    found.set(
      tag,
      Array.from({ length: count }, (_, i) => valueOf(values, start + i * size, type, little)),
    );
  }
  return found;
}

function valueOf(view: DataView, at: number, type: number, little: boolean): number {
  if (type === 12) return view.getFloat64(at, little);
  return type === 3 ? view.getUint16(at, little) : view.getUint32(at, little);
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<DataView> {
  const bytes = new Uint8Array(length);
  if (!Number.isSafeInteger(position)) throw new RangeError('the file ends before its directory');
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return new DataView(bytes.buffer, 0, bytesRead);
}

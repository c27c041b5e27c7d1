// A picture as plain pixels in a file: decoded once from top to bottom, and read while the file grows.
import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeError, openPicture, type DecodeLimits } from './open-picture.js';

export interface Decoding {
  /** Rejects with IMAGE_REJECTED when the file is damaged, cut short or over the limits; what was written until then stays. */
  readonly done: Promise<void>;
}

/**
 * Decodes the first picture of a file to `rawPath`, which ends in `.v`: libvips' own format, a header of 64 bytes, then 8-bit sRGB
 * pixels row by row as they are stored, not turned upright. Memory does not grow with the picture's height, except for interlaced and
 * progressive files.
 */
export function decodeToRaw(path: string, rawPath: string, limits: DecodeLimits): Decoding {
  const done = openPicture(path, limits)
    .toFile(rawPath)
    .then(
      () => undefined,
      (error: unknown) => Promise.reject(decodeError(error)),
    );
  // Whoever reads the rows hears of it; that nobody waits for the end is no reason to end the process.
  done.catch(() => undefined);
  return { done };
}

export interface RawReader {
  /**
   * Rows `from` to `to`, the latter not included, of `3 * width` bytes each, as soon as they are there. They are valid until the next
   * call, one call at a time. Rejects as the decoding did.
   */
  readonly rows: (from: number, to: number) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

const HEADER_BYTES = 64;
const MAGIC = 0xb6a6f208;
const BANDS = 3;
const UNSIGNED_BYTES = 0;
const POLL_MS = 4;

/** Reads the file that a decoding writes, which may not be there yet; `width` and `height` are those of the stored picture. */
export function createRawReader(
  rawPath: string,
  { width, height, done }: { readonly width: number; readonly height: number; readonly done: Promise<void> },
): RawReader {
  let file: FileHandle | undefined;
  let buffer = new Uint8Array(0);
  let ended = false;
  const end = done.then(() => {
    ended = true;
  });
  end.catch(() => undefined);

  /** Fills `target` from `position` on, waiting for what is not written yet. */
  const fill = async (target: Uint8Array, position: number): Promise<void> => {
    for (let filled = 0; filled < target.length;) {
      // Asked before reading: what is missing after the end will not come.
      const last = ended;
      file ??= await openIfThere(rawPath);
      const count = (await file?.read(target, filled, target.length - filled, position + filled))?.bytesRead;
      filled += count ?? 0;
      if (count !== undefined && count > 0) continue;
      if (last) throw new Error(`${rawPath} ends before row ${height}`);
      await Promise.race([end, sleep(POLL_MS)]);
    }
  };
  const checkHeader = async (): Promise<void> => {
    const header = Buffer.alloc(HEADER_BYTES);
    await fill(header, 0);
    const [w, h] = [header.readInt32LE(4), header.readInt32LE(8)];
    const [bands, format] = [header.readInt32LE(12), header.readInt32LE(20)];
    if (header.readUInt32BE(0) !== MAGIC || bands !== BANDS || format !== UNSIGNED_BYTES)
      throw new Error(`${rawPath} does not hold three bytes a pixel`);
    if (w !== width || h !== height)
      throw new Error(`${rawPath} holds ${w} x ${h} pixels, expected are ${width} x ${height}`);
  };
  let checked: Promise<void> | undefined;

  return {
    async rows(from, to) {
      await (checked ??= checkHeader());
      const rowBytes = BANDS * width;
      const bytes = (to - from) * rowBytes;
      if (buffer.length < bytes) buffer = new Uint8Array(bytes);
      const rows = buffer.subarray(0, bytes);
      await fill(rows, HEADER_BYTES + from * rowBytes);
      return rows;
    },
    async close() {
      await file?.close();
      file = undefined;
    },
  };
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

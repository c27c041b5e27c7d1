// Compressed texts and profiles of a PNG, which decoders inflate as soon as they meet them: a thousandfold, if somebody wants that.
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import type { FileWindow } from './file-window.js';
import { WINDOW_BYTES } from './file-window.js';
import { rejected } from './rejected.js';

const MAX_INFLATED_BYTES = 16 * 1024 * 1024;
const MAX_TEXTS = 1000;
const inflateUpTo = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate);

export interface TextBudget {
  /** Notes a chunk whose data lies at `offset`; throws IMAGE_REJECTED when all texts so far would take too much memory. */
  take(type: string, offset: number, length: number): Promise<void>;
}

export function createTextBudget(file: FileWindow): TextBudget {
  let left = MAX_INFLATED_BYTES;
  let texts = 0;
  return {
    async take(type, offset, length) {
      if (type !== 'zTXt' && type !== 'iTXt' && type !== 'tEXt' && type !== 'iCCP') return;
      texts += 1;
      const head = await file.bytes(offset, Math.min(length, WINDOW_BYTES));
      const start = startOfCompressed(type, head);
      left -= start === undefined ? length : await inflatedBytes(file, offset + start, length - start, left);
      if (left < 0 || texts > MAX_TEXTS)
        throw rejected('The PNG holds texts that take more memory than is allowed.');
    },
  };
}

/** Where in a chunk the compressed part begins; undefined where there is none. */
function startOfCompressed(type: string, chunk: Buffer): number | undefined {
  const name = chunk.indexOf(0);
  if (type === 'tEXt' || name < 0) return undefined;
  if (type !== 'iTXt') return name + 2;
  if (chunk[name + 1] !== 1) return undefined;
  const language = chunk.indexOf(0, name + 3);
  const translated = language < 0 ? -1 : chunk.indexOf(0, language + 1);
  return translated < 0 ? undefined : translated + 1;
}

/** More than `limit` where it would be more; what cannot be inflated takes no more than it lies there with. */
async function inflatedBytes(file: FileWindow, from: number, length: number, limit: number): Promise<number> {
  if (length <= 0) return 0;
  if (length > MAX_INFLATED_BYTES) return Infinity;
  const compressed = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; done += WINDOW_BYTES) {
    const part = await file.bytes(from + done, Math.min(WINDOW_BYTES, length - done));
    part.copy(compressed, done);
  }
  try {
    return (await inflateUpTo(compressed, { maxOutputLength: Math.max(1, limit) })).length;
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return isTooLarge ? Infinity : length;
  }
}
